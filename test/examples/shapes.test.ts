import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { projectHyperNode } from '../../src/api/projections/hyper-node.ts';
import { member, stringAt } from '../../src/lib/json.ts';
import { DomainTree } from '../../src/scheduler/topology/domain-tree.ts';
import { HyperNodeMembership } from '../../src/scheduler/topology/hyper-node-members.ts';
import { nodesOf } from '../control-plane/node-shape.ts';
import { readShapeFile } from '../control-plane/shape-file.ts';
import { makeNode } from '../support/records.ts';

const FOLDER = join(import.meta.dirname, '../../examples/shapes');

describe('examples/shapes', () => {
  it('has nodes whose racks and spines are as its HyperNodes say', async () => {
    const { nodes, objects } = await readShapeFile(join(FOLDER, 'dgx-pod.yaml'));
    const made = nodes.flatMap(nodesOf).map(({ metadata }) => {
      return makeNode(metadata.name, {}, { labels: new Map(Object.entries(metadata.labels)) });
    });
    const documents = objects.flatMap((path) => {
      return parseAllDocuments(readFileSync(path, 'utf8')).map((document): unknown => document.toJS());
    });
    const records = documents
      .filter((object) => member(object, 'kind') === 'HyperNode')
      .flatMap(
        (object) =>
          projectHyperNode({ ...(object as object), metadata: { name: nameOf(object), uid: nameOf(object) } }) ?? [],
      );
    const byName = new Map(records.map((record) => [record.name, record]));
    const tree = new DomainTree(new HyperNodeMembership().read(byName, made), made.length);
    expect(tree.troubles).to.deep.equal([]);
    const sizes = tree.domains.map(({ name, first, end }) => `${name}:${end - first}`).join(' ');
    expect(sizes).to.equal(
      'spine-0:16 rack-0:4 rack-1:4 rack-2:4 rack-3:4 spine-1:16 rack-4:4 rack-5:4 rack-6:4 rack-7:4',
    );
    const tiers = documents.flatMap((object) => stringAt(object, ['spec', 'networkTopology', 'highestTierName']) || []);
    expect(tiers).to.deep.equal(['rack', 'spine', 'rack']);
  });
});

function nameOf(object: unknown): string {
  return stringAt(object, ['metadata', 'name']);
}

import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { NUMA_POLICY_ANNOTATION } from '../../src/api/keys.ts';
import { readPodNuma } from '../../src/api/numa/pod-numa.ts';
import { projectHyperNode } from '../../src/api/projections/hyper-node.ts';
import { projectNumatopology } from '../../src/api/projections/numatopology.ts';
import { arrayAt, member, objectAt, stringAt } from '../../src/lib/json.ts';
import { DomainTree } from '../../src/scheduler/topology/domain-tree.ts';
import { HyperNodeMembership } from '../../src/scheduler/topology/hyper-node-members.ts';
import { nodesOf } from '../control-plane/node-shape.ts';
import { numatopologiesOf } from '../control-plane/numa-shape.ts';
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

  it('has a pod for each NUMA node of the strict nodes, and one that is too wide', async () => {
    const { nodes, objects } = await readShapeFile(join(FOLDER, 'numa.yaml'));
    const told = nodes.flatMap(numatopologiesOf).flatMap((object) => {
      return projectNumatopology({ ...object, metadata: { name: nameOf(object), uid: nameOf(object) } }) ?? [];
    });
    const jobs = objects
      .flatMap((path) => parseAllDocuments(readFileSync(path, 'utf8')).map((document): unknown => document.toJS()))
      .filter((object) => member(object, 'kind') === 'Job');
    const rooms = jobs.map((job) => {
      const [task] = arrayAt(job, 'spec', 'tasks');
      const policy = stringAt(task, ['topologyPolicy']);
      const pod = readPodNuma(objectAt(task, 'template', 'spec'), { [NUMA_POLICY_ANNOTATION]: policy });
      const asked = pod?.containers[0]?.amounts.get('cpu') ?? 0;
      const alike = told.filter((topology) => topology.policy === policy);
      return alike.flatMap(({ amounts }) => amounts.get('cpu')?.free ?? []).filter((free) => free >= asked).length;
    });
    expect(rooms).to.deep.equal([4, 0]);
  });
});

function nameOf(object: unknown): string {
  return stringAt(object, ['metadata', 'name']);
}

import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { NUMA_POLICY_ANNOTATION } from '../../src/api/keys.ts';
import { projectDeviceClass } from '../../src/api/projections/devices/device-class.ts';
import { projectHyperNode } from '../../src/api/projections/hyper-node.ts';
import { projectNumatopology } from '../../src/api/projections/numatopology.ts';
import { projectResourceClaim } from '../../src/api/projections/devices/resource-claim.ts';
import { projectResourceSlice } from '../../src/api/projections/devices/resource-slice.ts';
import { ownedBy, readPodNuma } from '../../src/api/numa/pod-numa.ts';
import { arrayAt, member, memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import { DomainTree } from '../../src/scheduler/topology/domain-tree.ts';
import { HyperNodeMembership } from '../../src/scheduler/topology/hyper-node-members.ts';
import { slicesOf } from '../control-plane/device-shape.ts';
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

  it('has devices in pools that are whole, and classes and claims that Sluice reads', async () => {
    const { nodes, objects } = await readShapeFile(join(FOLDER, 'claimed-devices.yaml'));
    const slices = nodes.flatMap((shape) =>
      nodesOf(shape).flatMap(({ metadata }) => slicesOf(metadata.name, shape.claimed)),
    );
    const records = slices.map((slice) => projectResourceSlice(stored(slice)));
    expect(records.map((record) => `${record?.pool} ${record?.devices.length}`)).to.deep.equal(
      [0, 1, 2, 3].map((n) => `node-${n} 4`),
    );
    const documents = objects.flatMap((path) => {
      return parseAllDocuments(readFileSync(path, 'utf8')).map((document): unknown => document.toJS());
    });
    const selectors = documents.flatMap((object) => [
      ...(projectDeviceClass(stored(object))?.selectors ?? []),
      ...[
        projectResourceClaim(stored(object)),
        projectResourceClaim({ ...stored(object), spec: memberAt(object, 'spec', 'spec') }),
      ].flatMap((claim) => claim?.requests.flatMap(({ asks }) => asks.flatMap((ask) => ask.selectors)) ?? []),
    ]);
    expect(selectors.map(({ unsupported }) => unsupported)).to.deep.equal([undefined, undefined, undefined]);
    expect(selectors.map(({ matches }) => records[0]?.devices[0] && matches(records[0].devices[0]))).to.deep.equal([
      true,
      true,
      false,
    ]);
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
      const pod = readPodNuma(ownedBy(objectAt(task, 'template', 'spec')), { [NUMA_POLICY_ANNOTATION]: policy });
      const asked = pod?.containers[0]?.amounts.get('cpu') ?? 0;
      const alike = told.filter((topology) => topology.policy === policy);
      return alike.flatMap(({ amounts }) => amounts.get('cpu')?.free ?? []).filter((free) => free >= asked).length;
    });
    expect(rooms).to.deep.equal([4, 0]);
  });
});

/** As the API server would give it back. */
function stored(object: unknown): object {
  const metadata = { namespace: 'default', ...(member(object, 'metadata') as object), uid: nameOf(object) };
  return { ...(object as object), metadata };
}

function nameOf(object: unknown): string {
  return stringAt(object, ['metadata', 'name']);
}

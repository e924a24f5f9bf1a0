import { expect } from 'chai';
import { NODES, POD_GROUPS, PODS, QUEUES } from '../../src/api/resources.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { GANG_CLUSTER, settingOf } from './support/gang-cluster.ts';
import { GangLoad } from './support/gang-load.ts';
import type { History } from './support/history.ts';
import { applied, optedInNamespace, priorityClass, queue } from './support/manifest.ts';
import { judge } from './support/oracle/judge.ts';
import type { SluiceProcess } from './support/sluice-process.ts';
import { Stage } from './support/stage.ts';

const POLICY = `
actions: "enqueue, allocate, backfill, preempt, reclaim, gangpreempt, gangreclaim"
tiers:
- plugins:
  - name: priority
  - name: gang
  - name: conformance
- plugins:
  - name: predicates
  - name: capacity
    enableHierarchy: true
  - name: nodeorder
  - name: binpack
`;

/** Two branches, each due half of the cluster; one of them in two, and limited at both levels. */
const TREE: readonly object[] = [
  queue('eng', {
    deserved: { cpu: '112', 'nvidia.com/gpu': '28' },
    capability: { cpu: '150', memory: '500Gi', 'nvidia.com/gpu': '40' },
  }),
  queue('eng-a', {
    parent: 'eng',
    deserved: { cpu: '56', 'nvidia.com/gpu': '14' },
    capability: { cpu: '90', memory: '300Gi', 'nvidia.com/gpu': '28' },
  }),
  queue('eng-b', { parent: 'eng', deserved: { cpu: '56', 'nvidia.com/gpu': '14' } }),
  queue('sci', { deserved: { cpu: '112', 'nvidia.com/gpu': '28' } }),
];

/** An eviction is written pod by pod, and each pod ends before it is gone; this is for a machine that does much else. */
const PATIENCE_MS = 10_000;

describe("random gangs that take each other's room, in a tree of queues", function () {
  this.timeout(400_000);
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;
  let stage: Stage;

  before(async () => {
    stage = await Stage.start({ policy: POLICY, nodes: GANG_CLUSTER, kinds: [PODS, NODES, POD_GROUPS, QUEUES] });
    ({ plane, sluice, history } = stage);
    await applied(plane, optedInNamespace('gangs'), priorityClass('low', 10), priorityClass('high', 1000), ...TREE);
  });

  after(async () => {
    await stage?.stop();
  });

  it('go as a whole or down to their minimum, come back, and no branch ever holds more than it may', async () => {
    const gangs = settingOf('SLUICE_E2E_GANGS', 80);
    const shape = {
      seed: settingOf('SLUICE_E2E_SEED', 3),
      gangs,
      overMs: gangs * 100,
      queues: ['eng-a', 'eng-b', 'sci'],
      priorities: ['low', 'low', 'high'],
    } as const;
    const load = new GangLoad(plane, history, 'gangs', shape);
    await sluice.during(load.run().then(() => load.finished(settingOf('SLUICE_E2E_GIVE_UP_SECONDS', 240) * 1000)));
    const { violations, figures } = judge(history.events, PATIENCE_MS);
    const evictions = await sluice.metric('sluice_evictions_total');
    console.log(`      ${JSON.stringify({ ...figures, evictions })}`);
    expect(violations, sluice.log()).to.deep.equal([]);
    expect(await sluice.metric('sluice_checker_refusals_total'), sluice.log()).to.equal(0);
    // Enough of what this is about has happened.
    expect(evictions).to.be.greaterThan(gangs / 4);
    expect(figures.brokenGangs).to.be.greaterThan(0);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { GROUP_MIN_MEMBER_ANNOTATION } from '../../src/api/keys.ts';
import { NODES, PODS } from '../../src/api/resources.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import type { History } from './support/history.ts';
import { applied, optedInNamespace } from './support/manifest.ts';
import type { SluiceProcess } from './support/sluice-process.ts';
import { Stage } from './support/stage.ts';

const POLICY = `
actions: "enqueue, allocate, backfill, shuffle"
tiers:
- plugins:
  - name: priority
  - name: gang
- plugins:
  - name: predicates
  - name: proportion
  - name: nodeorder
  - name: rescheduling
    arguments:
      interval: 3s
      strategies:
      - name: lowNodeUtilization
        params:
          thresholds: { cpu: 30 }
          targetThresholds: { cpu: 60 }
`;

/** Of the Job, one CPU each; a node has eight. */
const PODS_OF_JOB = 8;
/** Several rounds. */
const REST_MS = 15_000;

describe('rescheduling on a real API server', function () {
  this.timeout(180_000);
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;
  let stage: Stage;

  before(async () => {
    stage = await Stage.start({
      policy: POLICY,
      nodes: [{ count: 2, cpu: '8', memory: '64Gi' }],
      kinds: [PODS, NODES],
    });
    ({ plane, sluice, history } = stage);
  });

  after(async () => {
    await stage?.stop();
  });

  it('moves pods from a full node to one that comes back empty, and rests', async () => {
    const [full = '', other = ''] = await history.until('two nodes', () => {
      const names = history.all(NODES).map((node) => stringAt(node, ['metadata', 'name']));
      return names.length === 2 ? names.toSorted() : undefined;
    });
    await kubectl('cordon', other);
    await applied(plane, optedInNamespace('r'), elastic());
    await runs(full, PODS_OF_JOB);
    // The node that takes no pods has no room.
    await sluice.during(sleep(REST_MS / 3));
    expect(running(full)).to.equal(PODS_OF_JOB);
    await kubectl('uncordon', other);
    await runs(other, PODS_OF_JOB / 2);
    await runs(full, PODS_OF_JOB / 2);
    const before = await sluice.metric('sluice_evictions_total');
    // What must not happen cannot be waited for.
    await sluice.during(sleep(REST_MS));
    expect([running(full), running(other)]).to.deep.equal([PODS_OF_JOB / 2, PODS_OF_JOB / 2]);
    expect(await sluice.metric('sluice_evictions_total')).to.equal(before);
    expect(before).to.equal(PODS_OF_JOB / 2);
  });

  async function kubectl(...args: readonly string[]): Promise<void> {
    const { code, stderr } = await plane.kubectl(args);
    expect(code, stderr).to.equal(0);
  }

  function running(node: string): number {
    return history
      .all(PODS)
      .filter(
        (pod) =>
          stringAt(pod, ['spec', 'nodeName']) === node &&
          stringAt(pod, ['status', 'phase']) === 'Running' &&
          stringAt(pod, ['metadata', 'deletionTimestamp']) === '',
      ).length;
  }

  function runs(node: string, count: number): Promise<true> {
    const all = (): true | undefined => (running(node) === count ? true : undefined);
    return sluice.during(history.until(`${count} pods run on ${node}`, all, 60_000));
  }
});

/** Its pods are of use one by one, and one that is evicted costs it no retry. */
function elastic(): object {
  const rules = [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }];
  const containers = [{ name: 'main', image: 'none', resources: { requests: { cpu: '1' } } }];
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'elastic', namespace: 'r', annotations: { [GROUP_MIN_MEMBER_ANNOTATION]: '1' } },
    spec: {
      parallelism: PODS_OF_JOB,
      completions: PODS_OF_JOB,
      completionMode: 'Indexed',
      backoffLimitPerIndex: 9,
      podFailurePolicy: { rules },
      template: { spec: { restartPolicy: 'Never', containers } },
    },
  };
}

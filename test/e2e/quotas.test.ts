import { expect } from 'chai';
import { POD_GROUPS, PODS } from '../../src/api/resources.ts';
import { arrayAt, stringAt } from '../../src/lib/json.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import type { History } from './support/history.ts';
import { applied, job, optedInNamespace } from './support/manifest.ts';
import type { SluiceProcess } from './support/sluice-process.ts';
import { Stage } from './support/stage.ts';

const POLICY = `
actions: "enqueue, allocate, backfill"
tiers:
- plugins:
  - name: priority
  - name: gang
  - name: resourcequota
- plugins:
  - name: predicates
  - name: proportion
  - name: nodeorder
`;

describe('quotas on a real API server', function () {
  this.timeout(180_000);
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;
  let stage: Stage;

  before(async () => {
    stage = await Stage.start({
      policy: POLICY,
      nodes: [{ count: 2, cpu: '4', memory: '64Gi' }],
      kinds: [PODS, POD_GROUPS],
    });
    ({ plane, sluice, history } = stage);
  });

  after(async () => {
    await stage?.stop();
  });

  it('hold a gang back whose pods cannot all be made, and let it in once they are raised', async () => {
    await applied(plane, optedInNamespace('q'), quota(6));
    await applied(plane, inNamespace(job('first', 4)));
    await running(4);
    await applied(plane, inNamespace(job('second', 4)));
    await sluice.during(history.until('the second gang is told', () => (isTold() ? true : undefined), 60_000));
    // Two of its pods are there, and wait.
    expect(count('Running')).to.equal(4);
    await applied(plane, quota(8));
    await running(8);
  });

  function running(wanted: number): Promise<true> {
    const all = (): true | undefined => (count('Running') === wanted ? true : undefined);
    return sluice.during(history.until(`${wanted} pods run`, all, 90_000));
  }

  function count(phase: string): number {
    return history.all(PODS).filter((pod) => stringAt(pod, ['status', 'phase']) === phase).length;
  }

  function isTold(): boolean {
    return history
      .all(POD_GROUPS)
      .flatMap((group) => arrayAt(group, 'status', 'conditions'))
      .some((each) =>
        stringAt(each, ['message']).includes(
          'waits for room in ResourceQuota q/most: count/pods 2 asked, 6 used and 0 promised of 6',
        ),
      );
  }
});

function inNamespace(manifest: ReturnType<typeof job>): object {
  return { ...manifest, metadata: { ...manifest.metadata, namespace: 'q' } };
}

/** So many pods, and more CPU than they need. */
function quota(pods: number): object {
  const spec = { hard: { 'count/pods': String(pods), 'requests.cpu': '4' } };
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'most', namespace: 'q' }, spec };
}

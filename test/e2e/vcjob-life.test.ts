import { expect } from 'chai';
import { POD_GROUPS, PODS, VCJOBS } from '../../src/api/resources.ts';
import { apiVersion } from '../../src/api/resources.ts';
import { memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import type { History } from './support/history.ts';
import { applied } from './support/manifest.ts';
import type { SluiceProcess } from './support/sluice-process.ts';
import { Stage } from './support/stage.ts';

const NS = 'team';

describe('lives of Jobs of Volcano', function () {
  this.timeout(120_000);
  let stage: Stage;
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;

  before(async () => {
    stage = await Stage.start({
      nodes: [{ count: 4, cpu: '16', memory: '64Gi' }],
      kinds: [PODS, POD_GROUPS, VCJOBS],
    });
    ({ plane, sluice, history } = stage);
    await applied(plane, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NS } });
    await plane.kubectl(['wait', '--for=create', '-n', NS, 'serviceaccount/default', '--timeout=30s']);
  });

  after(async () => {
    await stage?.stop();
  });

  it('run from their pods being made to their end', async () => {
    await applied(plane, vcjob('plain', { tasks: [task('a', 2, ['sleep', '2']), task('b', 1, ['sleep', '1'])] }));
    await reaches('plain', 'Completed');
    expect(phases('plain')).to.deep.equal(['Pending', 'Running', 'Completed']);
    expect(statusOf('plain')).to.deep.include({ succeeded: 3, minAvailable: 3 });
    expect(await sluice.metric('sluice_checker_refusals_total'), sluice.log()).to.equal(0);
  });

  /** Phases that the job was seen in, each once for as long as it lasted. */
  function phases(name: string): readonly string[] {
    const seen = history
      .of(VCJOBS, `${NS}/${name}`)
      .map(({ object }) => stringAt(object, ['status', 'state', 'phase']));
    return seen.filter((phase, at) => phase !== '' && phase !== seen[at - 1]);
  }

  function statusOf(name: string): JsonObject {
    return objectAt(history.get(VCJOBS, `${NS}/${name}`), 'status');
  }

  async function reaches(name: string, phase: string): Promise<void> {
    const isThere = (): true | undefined => (stringAt(statusOf(name), ['state', 'phase']) === phase ? true : undefined);
    await history.until(`${name} is ${phase}`, isThere).catch((error: unknown) => {
      const pods = history
        .all(PODS)
        .map((pod) => JSON.stringify([memberAt(pod, 'metadata', 'name'), memberAt(pod, 'status', 'phase')]));
      const groups = history.all(POD_GROUPS).map((group) => JSON.stringify(group));
      throw new Error(
        `${String(error)}\n${JSON.stringify(statusOf(name))}\n${pods.join('\n')}\n${groups.join('\n')}\n${sluice.log()}`,
      );
    });
  }
});

function vcjob(name: string, spec: object): object {
  return { apiVersion: apiVersion(VCJOBS), kind: VCJOBS.kind, metadata: { name, namespace: NS }, spec };
}

function task(name: string, replicas: number, command: readonly string[], more: object = {}): object {
  const containers = [{ name: 'c', image: 'busybox', command, resources: { requests: { cpu: '1' } } }];
  return { name, replicas, template: { spec: { restartPolicy: 'Never', containers } }, ...more };
}

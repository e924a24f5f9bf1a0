import { expect } from 'chai';
import { GROUP_ORIGIN_ANNOTATION, ROOT_STATE_ANNOTATION } from '../../src/api/keys.ts';
import { JOBS, POD_GROUPS, PODS } from '../../src/api/resources.ts';
import { arrayAt, numberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { freePort } from '../control-plane/free-port.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { History } from './support/history.ts';
import { applied, inNamespace, job, optedInNamespace } from './support/manifest.ts';
import { SluiceProcess } from './support/sluice-process.ts';

const TEAM = 'team';

describe('a PodGroup follows its Job', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;

  before(async () => {
    plane = await startControlPlane();
    const kubeconfig = plane.kubeconfigPath;
    [sluice] = await Promise.all([
      SluiceProcess.start({ kubeconfig, install: true, webhookPort: await freePort() }),
      plane.applyNodes([{ count: 4, cpu: '16', memory: '64Gi', gpus: 8 }]),
    ]);
    history = await History.start(plane, [PODS, JOBS, POD_GROUPS]);
    await applied(plane, optedInNamespace(TEAM));
  });

  after(async () => {
    await history?.stop();
    await sluice?.stop();
    await plane?.stop();
  });

  function groupOf(name: string): JsonObject | undefined {
    return history
      .all(POD_GROUPS)
      .find((group) => stringAt(group, ['metadata', 'annotations', GROUP_ORIGIN_ANNOTATION]) === `Job/${name}`);
  }

  async function patch(name: string, spec: object): Promise<void> {
    const args = ['-n', TEAM, 'patch', 'job', name, '--type=merge', '-p', JSON.stringify({ spec })];
    const { code, stderr } = await plane.kubectl(args);
    expect(code, stderr).to.equal(0);
  }

  /** The group once its root has this state, empty for an active one, and it is in this phase. */
  function inState(name: string, state: string, phase: string): Promise<JsonObject> {
    return history.until(`${name} ${state} ${phase}`, () => {
      const group = groupOf(name);
      const isState = stringAt(group, ['metadata', 'annotations', ROOT_STATE_ANNOTATION]) === state;
      return isState && stringAt(group, ['status', 'phase']) === phase ? group : undefined;
    });
  }

  it('waits while that is suspended, runs whole once it is resumed with another size, and is over with it', async () => {
    const train = job('train', 4);
    await applied(plane, inNamespace(TEAM, { ...train, spec: { ...train.spec, parallelism: 2, suspend: true } }));
    await inState('train', 'Suspended', 'Pending');
    await patch('train', { suspend: false, parallelism: 4 });
    const running = await inState('train', '', 'Running');
    expect(numberAt(running, ['spec', 'minMember'], 0)).to.equal(4);
    await patch('train', { suspend: true });
    await inState('train', 'Suspended', 'Pending');
    await patch('train', { suspend: false });
    await inState('train', '', 'Running');
    await patch('train', { activeDeadlineSeconds: 1 });
    await inState('train', 'Ended', 'Completed');
  });

  it('and the Job was told once what became of it', async () => {
    const { stdout } = await plane.kubectl(['-n', TEAM, 'get', 'events', '-o', 'json']);
    const told = arrayAt(JSON.parse(stdout), 'items').filter((event) => stringAt(event, ['reason']) === 'GroupPlanned');
    expect(told.map((event) => stringAt(event, ['involvedObject', 'name']))).to.deep.equal(['train']);
    expect(stringAt(told[0], ['message'])).to.match(/^PodGroup train-\w{8} in queue default starts with 2 worker /);
  });

  it('names it in lists', async () => {
    const { stdout } = await plane.kubectl(['-n', TEAM, 'get', 'podgroups', '-o', 'wide']);
    expect(stdout)
      .to.match(/OWNER/)
      .and.to.match(/Job\/train/);
  });
});

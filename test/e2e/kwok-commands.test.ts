import { expect } from 'chai';
import { PODS } from '../../src/api/resources.ts';
import { arrayAt, memberAt, numberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { History } from './support/history.ts';

const NODE = 'node-0';

describe('containers acted out on the local control plane', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let history: History;

  before(async () => {
    plane = await startControlPlane();
    await plane.applyNodes([{ count: 1, cpu: '64', memory: '512Gi', gpus: 0 }]);
    history = await History.start(plane, [PODS]);
    const pods = [
      pod('fails', { containers: [sh('echo before; sleep 1; echo after; exit 1')] }),
      pod('sleeps-on', { containers: [container(['sleep', '600'])] }),
      pod('two', { containers: [sh('sleep 1'), sh('sleep 3; exit 2')] }),
      pod('crashes', { restartPolicy: 'OnFailure', containers: [sh('sleep 1; exit 5')] }),
      pod('steps', { initContainers: [sh('sleep 1'), sh('sleep 1')], containers: [sh('sleep 1')] }),
      pod('init-fails', { initContainers: [sh('exit 4')], containers: [container(['serve'])] }),
      pod('traps', { containers: [sh("trap 'sleep 2; exit 0' TERM; sleep 600")] }),
      pod('kept', { containers: [container(['sleep', '600'])] }, ['example.dev/kept']),
      pod('stubborn', { containers: [sh("trap '' TERM; sleep 600")], terminationGracePeriodSeconds: 2 }),
    ];
    const { code, stderr } = await plane.kubectl(['create', '-f', '-'], JSON.stringify(list(pods)));
    expect(code, stderr).to.equal(0);
  });

  after(async () => {
    await history.stop();
    await plane.stop();
  });

  function until(name: string, what: string, holds: (found: JsonObject) => boolean): Promise<JsonObject> {
    return history.until(`${name} ${what}`, () => {
      const found = history.get(PODS, `default/${name}`);
      return found !== undefined && holds(found) ? found : undefined;
    });
  }

  function reaches(name: string, phase: string): Promise<JsonObject> {
    return until(name, `is ${phase}`, (found) => phaseOf(found) === phase);
  }

  it('fail with the code that the shell ends with', async () => {
    const failed = await reaches('fails', 'Failed');
    expect(ends(failed)).to.deep.equal(['Error 1']);
    expect(conditionOf(failed, 'Ready')).to.deep.equal(['False', 'PodFailed']);
    expect(conditionOf(failed, 'Initialized')).to.deep.equal(['True', '']);
    expect(secondsOf(failed)).to.be.at.least(1);
  });

  it('have a log of what they printed', async () => {
    await reaches('fails', 'Failed');
    const { stdout, stderr } = await plane.kubectl(['logs', 'fails', '--follow']);
    expect(stdout, stderr).to.equal('before\nafter\n');
  });

  it('keep their pod running until the last of them has ended', async () => {
    const half = await until('two', 'has lost one', (found) => ends(found).length === 1);
    expect([phaseOf(half), ends(half), conditionOf(half, 'Ready')]).to.deep.equal([
      'Running',
      ['Completed 0'],
      ['False', 'ContainersNotReady'],
    ]);
    expect(ends(await reaches('two', 'Failed'))).to.deep.equal(['Completed 0', 'Error 2']);
  });

  it('are started again, and wait longer each time', async () => {
    const waits = await until(
      'crashes',
      'waits',
      (found) => stateOf(found, 'waiting', 'reason') === 'CrashLoopBackOff',
    );
    const [status] = arrayAt(waits, 'status', 'containerStatuses');
    expect(phaseOf(waits)).to.equal('Running');
    expect(numberAt(status, ['restartCount'], 0)).to.equal(1);
    expect(numberAt(status, ['lastState', 'terminated', 'exitCode'], 0)).to.equal(5);
  });

  it('begin once the init containers are done, one after the other', async () => {
    const done = await reaches('steps', 'Succeeded');
    expect(ends(done)).to.deep.equal(['Completed 0']);
    expect(conditionOf(done, 'Ready')).to.deep.equal(['False', 'PodCompleted']);
    expect(stringAt(done, ['status', 'podIP'])).to.match(/^10\./);
    const phases = history.of(PODS, 'default/steps').map(({ object }) => phaseOf(object));
    expect([...new Set(phases)]).to.deep.equal(['Pending', 'Running', 'Succeeded']);
  });

  it('never begin where an init container fails for good', async () => {
    const failed = await reaches('init-fails', 'Failed');
    const [init] = arrayAt(failed, 'status', 'initContainerStatuses');
    expect(numberAt(init, ['state', 'terminated', 'exitCode'], 0)).to.equal(4);
    expect(stateOf(failed, 'waiting', 'reason')).to.equal('PodInitializing');
  });

  for (const [name, end, atLeastMs] of [
    ['traps', 'Completed 0', 2_000],
    ['stubborn', 'Error 137', 2_000],
  ] as const) {
    it(`take their time to go: ${name}`, async () => {
      await reaches(name, 'Running');
      const from = performance.now();
      expect((await plane.kubectl(['delete', 'pod', name, '--wait=false'])).code).to.equal(0);
      await history.until(`${name} is gone`, () => gone(name));
      expect(performance.now() - from).to.be.at.least(atLeastMs);
      const last = history.of(PODS, `default/${name}`).at(-1)?.object;
      expect(ends(last)).to.deep.equal([end]);
    });
  }

  it('sleep on, and go at once where nothing keeps them', async () => {
    const runs = await reaches('sleeps-on', 'Running');
    expect(ends(runs)).to.deep.equal([]);
    expect((await plane.kubectl(['delete', 'pod', 'sleeps-on', '--timeout=10s'])).code).to.equal(0);
  });

  it('fail before they are gone where a finalizer keeps their pod, as a Job with a podFailurePolicy waits for', async () => {
    await reaches('kept', 'Running');
    expect((await plane.kubectl(['delete', 'pod', 'kept', '--wait=false'])).code).to.equal(0);
    await reaches('kept', 'Failed');
    expect((await plane.kubectl(['patch', 'pod', 'kept', '-p', '{"metadata":{"finalizers":null}}'])).code).to.equal(0);
    await history.until('kept is gone', () => gone('kept'));
  });

  function gone(name: string): true | undefined {
    return history.get(PODS, `default/${name}`) === undefined ? true : undefined;
  }
});

function phaseOf(found: unknown): string {
  return stringAt(found, ['status', 'phase']);
}

/** Reason and code of each container that has ended. */
function ends(found: unknown): readonly string[] {
  const ended = arrayAt(found, 'status', 'containerStatuses').map((each) => memberAt(each, 'state', 'terminated'));
  return ended
    .filter((each) => each !== undefined)
    .map((each) => `${stringAt(each, ['reason'])} ${numberAt(each, ['exitCode'], -1)}`);
}

function secondsOf(found: unknown): number {
  const [status] = arrayAt(found, 'status', 'containerStatuses');
  const at = (key: string): number => Date.parse(stringAt(status, ['state', 'terminated', key])) / 1_000;
  return at('finishedAt') - at('startedAt');
}

function stateOf(found: unknown, state: string, key: string): string {
  return stringAt(arrayAt(found, 'status', 'containerStatuses')[0], ['state', state, key]);
}

function conditionOf(found: unknown, type: string): readonly string[] {
  const condition = arrayAt(found, 'status', 'conditions').find((each) => stringAt(each, ['type']) === type);
  return [stringAt(condition, ['status']), stringAt(condition, ['reason'])];
}

function pod(name: string, spec: object, finalizers: readonly string[] = []): object {
  return { metadata: { name, finalizers }, spec: { nodeName: NODE, restartPolicy: 'Never', ...named(spec) } };
}

function named(spec: object): object {
  const withNames = (key: string, prefix: string): object => {
    const containers = arrayAt(spec, key).map((each, at) => ({ ...(each as object), name: `${prefix}${at}` }));
    return containers.length === 0 ? {} : { [key]: containers };
  };
  return { ...spec, ...withNames('initContainers', 'i'), ...withNames('containers', 'c') };
}

function sh(script: string): object {
  return container(['sh', '-c', script]);
}

function container(command: readonly string[]): object {
  return { image: 'x', command };
}

function list(pods: readonly object[]): object {
  const items = pods.map((each) => ({ apiVersion: 'v1', kind: 'Pod', ...each }));
  return { apiVersion: 'v1', kind: 'List', items };
}

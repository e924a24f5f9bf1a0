import { expect } from 'chai';
import { JOB_NAME_KEY } from '../../src/api/keys.ts';
import {
  apiVersion,
  COMMANDS,
  CRON_VCJOBS,
  HYPER_NODES,
  JOBFLOWS,
  JOBTEMPLATES,
  POD_GROUPS,
  PODS,
  QUEUES,
  resourcePath,
  VCJOBS,
} from '../../src/api/resources.ts';
import { memberAt, numberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { doomed, idleCommand, PROPAGATIONS } from './support/deletions.ts';
import type { Doomed } from './support/deletions.ts';
import type { History } from './support/history.ts';
import { applied } from './support/manifest.ts';
import type { SluiceProcess } from './support/sluice-process.ts';
import { Stage } from './support/stage.ts';
import { VcjobLives } from './support/vcjob-lives.ts';
import { POLICY_ROWS, SOME_ROWS, STATE_ROWS } from './support/vcjob-rows.ts';

const NS = 'team';
/** Of the objects that are deleted in each way. */
const DOOMED = 'doomed';
/** Of the jobs that go through the tables. */
const ROWS = 'rows';
/** More would have a small machine do nothing but begin. */
const ROWS_AT_ONCE = 40;
/** Longer than any test. */
const FOREVER = ['sleep', '600'];

describe('lives of Jobs of Volcano', function () {
  this.timeout(120_000);
  let stage: Stage;
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;

  before(async () => {
    stage = await Stage.start({
      nodes: [{ count: 4, cpu: '16', memory: '64Gi' }],
      leaseSeconds: 60,
      kinds: [PODS, POD_GROUPS, VCJOBS, COMMANDS, CRON_VCJOBS, JOBFLOWS, JOBTEMPLATES, QUEUES, HYPER_NODES],
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

  it('restart a task once when one of its pods is evicted, and leave the other one alone', async () => {
    const policies = [{ event: 'PodEvicted', action: 'RestartTask' }];
    const tasks = [task('a', 2, FOREVER, { policies }), task('b', 2, FOREVER)];
    await applied(plane, vcjob('evicted', { tasks, plugins: { svc: [], ssh: [], env: [] } }));
    await reaches('evicted', 'Running');
    const before = await running('evicted', 4);
    await plane.kubectl(['delete', 'pod', '-n', NS, 'evicted-a-0', '--wait=false']);
    await history.until('a restart', () => (numberAt(statusOf('evicted'), ['retryCount'], 0) === 1 ? true : undefined));
    await reaches('evicted', 'Running');
    const after = await running('evicted', 4);
    expect(changed(before, after)).to.deep.equal(['evicted-a-0', 'evicted-a-1']);
    expect(phases('evicted')).to.deep.equal(['Pending', 'Running', 'Restarting', 'Pending', 'Running']);
    expect(sentAway('evicted', 'Restarting', ['evicted-a-0'])).to.equal(true);
    expect(numberAt(statusOf('evicted'), ['retryCount'], 0)).to.equal(1);
  });

  it('fail when their retries are used up, and nothing of them runs on', async () => {
    const policies = [{ event: 'PodFailed', action: 'RestartJob' }];
    const tasks = [task('master', 1, ['sh', '-c', 'sleep 1; exit 1']), task('worker', 1, FOREVER)];
    await applied(plane, vcjob('hopeless', { tasks, policies, maxRetry: 2 }));
    await reaches('hopeless', 'Failed');
    await history.until('nothing runs', () => (alive('hopeless').length === 0 ? true : undefined));
    const wanted = ['Pending', 'Running', 'Restarting', 'Pending', 'Running', 'Restarting', 'Failed'];
    expect(phases('hopeless')).to.deep.equal(wanted);
  });

  it('are suspended and resumed by Commands', async () => {
    await applied(plane, vcjob('paused', { tasks: [task('a', 2, FOREVER)] }));
    await reaches('paused', 'Running');
    await command('paused', 'AbortJob');
    await reaches('paused', 'Aborted');
    expect(alive('paused')).to.deep.equal([]);
    expect(sentAway('paused', 'Aborting')).to.equal(true);
    await command('paused', 'ResumeJob');
    await reaches('paused', 'Running');
    const wanted = ['Pending', 'Running', 'Aborting', 'Aborted', 'Restarting', 'Pending', 'Running'];
    expect(phases('paused')).to.deep.equal(wanted);
    expect(await plane.kubectl(['get', 'commands.bus.volcano.sh', '-n', NS, '-o', 'name'])).to.have.property(
      'stdout',
      '',
    );
  });

  for (const [action, during, after] of [
    ['CompleteJob', 'Completing', 'Completed'],
    ['TerminateJob', 'Terminating', 'Terminated'],
  ] as const) {
    it(`end with ${action}, which is seen before their pods go`, async () => {
      const name = during.toLowerCase();
      const policies = [{ event: 'TaskCompleted', action }];
      const tasks = [task('a', 1, ['sleep', '1'], { policies }), task('b', 2, FOREVER)];
      await applied(plane, vcjob(name, { tasks }));
      await reaches(name, after);
      expect(phases(name)).to.deep.equal(['Pending', 'Running', during, after]);
      expect(sentAway(name, during)).to.equal(true);
      expect(alive(name)).to.deep.equal([]);
    });
  }

  it('grow and shrink, make tasks wait for others, and go some time after their end', async () => {
    const dependsOn = { name: ['a'] };
    const tasks = (count: number): object[] => [
      task('a', count, ['sleep', '4']),
      task('b', 1, ['sleep', '1'], { dependsOn }),
    ];
    const spec = {
      minAvailable: 1,
      ttlSecondsAfterFinished: 1,
      maxRetry: 3,
      queue: 'default',
      schedulerName: 'volcano',
    };
    await applied(plane, vcjob('sized', { ...spec, tasks: tasks(1) }));
    await reaches('sized', 'Running');
    const first = (task_: string): number => history.of(PODS, `${NS}/sized-${task_}-0`)[0]?.revision ?? Infinity;
    await history.until('b starts', () => (alive('sized').includes('sized-b-0') ? true : undefined));
    expect(first('a')).to.be.below(first('b'));
    const patch = JSON.stringify([{ op: 'replace', path: '/spec/tasks/0/replicas', value: 3 }]);
    await plane.kubectl(['patch', 'vcjob', '-n', NS, 'sized', '--type=json', '-p', patch]);
    await history.until('a grows', () => (alive('sized').includes('sized-a-2') ? true : undefined));
    await reaches('sized', 'Completed');
    await history.until('it goes', () => (history.get(VCJOBS, `${NS}/sized`) === undefined ? true : undefined));
    await history.until('its pods go', () =>
      history.all(PODS).some((pod) => nameOf(pod).startsWith('sized')) ? undefined : true,
    );
  });

  it('go through rows of the table of phases and actions, and of events and actions', async function () {
    this.timeout(300_000);
    await applied(plane, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ROWS } });
    await plane.kubectl(['wait', '--for=create', '-n', ROWS, 'serviceaccount/default', '--timeout=30s']);
    const lives = new VcjobLives(plane, history, ROWS);
    // SLUICE_E2E_ROWS=all for every phase and every event with every action; else each with one.
    const rows = process.env['SLUICE_E2E_ROWS'] === 'all' ? [...STATE_ROWS, ...POLICY_ROWS] : SOME_ROWS;
    const mistakes: string[] = [];
    const waiting = [...rows];
    const lane = async (): Promise<void> => {
      for (let row = waiting.shift(); row !== undefined; row = waiting.shift())
        await lives.live(row).catch((error: unknown) => mistakes.push(String(error)));
    };
    await Promise.all(Array.from({ length: ROWS_AT_ONCE }, lane));
    expect(mistakes, sluice.log()).to.deep.equal([]);
    // What nothing was to come of has had its time.
    for (const { name, want, maybe = [] } of rows)
      expect(
        [want, [...want, ...maybe]].map((phases) => phases.join(' ')),
        name,
      ).to.include(lives.phases(name));
    const told = rows.filter(({ deeds }) => !deeds.some(({ deed }) => deed === 'evict'));
    expect(told.flatMap(({ name }) => lives.mistakes(name).map((mistake) => `${name}: ${mistake}`))).to.deep.equal([]);
    await plane.kubectl(['delete', 'namespace', ROWS, '--wait=false']);
  });

  it('leave their group to pods that are orphaned, and it goes with the last of them', async () => {
    await applied(plane, vcjob('left', { tasks: [task('a', 1, FOREVER)] }));
    await reaches('left', 'Running');
    const groups = (): number => history.all(POD_GROUPS).filter((group) => nameOf(group).startsWith('left-')).length;
    await plane.kubectl(['delete', 'vcjob', '-n', NS, 'left', '--cascade=orphan']);
    expect(groups(), 'while its pod is there').to.equal(1);
    await plane.kubectl(['delete', 'pod', '-n', NS, 'left-a-0', '--grace-period=0', '--force']);
    await history.until('its group is gone', () => groups() === 0 || undefined);
  });

  it('and all other objects of Volcano go in each way of deletion, with what they own or without', async () => {
    const before = refusedWrites();
    await applied(plane, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: DOOMED } });
    await plane.kubectl(['wait', '--for=create', '-n', DOOMED, 'serviceaccount/default', '--timeout=30s']);
    const all = doomed(DOOMED);
    await applied(plane, ...all.map(({ object }) => object), idleCommand(DOOMED));
    const podsOfAll = (): readonly JsonObject[] =>
      history.all(PODS).filter((pod) => stringAt(pod, ['metadata', 'namespace']) === DOOMED);
    // Those of the jobs, and of the jobs that flows make.
    await history.until('all run', () => {
      const running = podsOfAll().filter((pod) => stringAt(pod, ['status', 'phase']) === 'Running');
      return running.length === 4 * PROPAGATIONS.length || undefined;
    });
    const keyOf = ({ type, name }: Doomed): string => (type.namespaced ? `${DOOMED}/${name}` : name);
    for (const one of all) {
      const path = resourcePath(one.type, one.type.namespaced ? DOOMED : '', one.name);
      const { status } = await plane.client.request('DELETE', path, { propagationPolicy: one.propagation });
      expect(status, path).to.be.oneOf([200, 202]);
    }
    await plane.client.request('DELETE', resourcePath(COMMANDS, DOOMED, 'idle'));
    await history.until(
      'all are gone',
      () => all.every((one) => history.get(one.type, keyOf(one)) === undefined) || undefined,
    );
    await history.until('what is left is what was orphaned', () => {
      const jobs = podsOfAll().map((pod) => stringAt(pod, ['metadata', 'labels', JOB_NAME_KEY]));
      return (jobs.length === 4 && jobs.every((job) => job.includes('orphan'))) || undefined;
    });
    expect(history.get(VCJOBS, `${DOOMED}/jobflows-orphan-jobtemplates-orphan`)).to.not.equal(undefined);
    await plane.kubectl(['delete', 'namespace', DOOMED, '--wait=false']);
    await history.until('the namespace is empty', () => podsOfAll().length === 0 || undefined);
    // One write of each job may have been under way.
    expect(refusedWrites() - before).to.be.at.most(2 * PROPAGATIONS.length);
  });

  it('go with their namespace, in the middle of everything, without a word', async () => {
    const before = refusedWrites();
    await applied(plane, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'gone' } });
    await plane.kubectl(['wait', '--for=create', '-n', 'gone', 'serviceaccount/default', '--timeout=30s']);
    const policies = [{ event: 'PodEvicted', action: 'RestartJob' }];
    const jobs = [0, 1, 2].map((n) => vcjob(`j${n}`, { tasks: [task('a', 3, FOREVER)], policies }, 'gone'));
    await applied(plane, ...jobs);
    await history.until('pods run', () => (inGone('Running').length > 0 ? true : undefined));
    await plane.kubectl(['delete', 'namespace', 'gone', '--wait=false']);
    await history.until('all is gone', () => ((history.get(VCJOBS, 'gone/j0') ?? inGone('')[0]) ? undefined : true));
    // One write of each job may have been under way.
    expect(refusedWrites() - before).to.be.at.most(3);
  });

  it('met no error', async () => {
    expect(await sluice.metric('sluice_checker_refusals_total'), sluice.log()).to.equal(0);
    const lines = sluice
      .log()
      .split('\n')
      .filter((line) => line.includes('a reconcile failed'));
    expect(lines).to.deep.equal([]);
  });

  function refusedWrites(): number {
    return sluice.log().split('the API server refused a write').length - 1;
  }

  /** Pods of the namespace that goes, in that phase; an empty one is any. */
  function inGone(phase: string): readonly JsonObject[] {
    const found = history.all(PODS).filter((pod) => stringAt(pod, ['metadata', 'namespace']) === 'gone');
    return found.filter((pod) => phase === '' || stringAt(pod, ['status', 'phase']) === phase);
  }

  async function command(name: string, action: string): Promise<void> {
    const uid = stringAt(history.get(VCJOBS, `${NS}/${name}`), ['metadata', 'uid']);
    const target = { apiVersion: apiVersion(VCJOBS), kind: VCJOBS.kind, name, uid };
    const metadata = { name: `${name}-${action.toLowerCase()}`, namespace: NS };
    await applied(plane, { apiVersion: apiVersion(COMMANDS), kind: COMMANDS.kind, metadata, action, target });
  }

  /** UIDs by name of the job's pods, once so many run. */
  function running(name: string, count: number): Promise<ReadonlyMap<string, string>> {
    return history.until(`${count} pods of ${name} run`, () => {
      const found = podsOf(name).filter((pod) => stringAt(pod, ['status', 'phase']) === 'Running');
      if (found.length !== count) return undefined;
      return new Map(found.map((pod) => [nameOf(pod), stringAt(pod, ['metadata', 'uid'])]));
    });
  }

  function podsOf(name: string): readonly JsonObject[] {
    return history.all(PODS).filter((pod) => stringAt(pod, ['metadata', 'labels', JOB_NAME_KEY]) === name);
  }

  function alive(name: string): readonly string[] {
    const isAlive = (pod: JsonObject): boolean => ['Pending', 'Running'].includes(stringAt(pod, ['status', 'phase']));
    return podsOf(name).filter(isAlive).map(nameOf).toSorted();
  }

  /** Whether the phase was told with pods on their way out before any pod went, but for those that others sent away. */
  function sentAway(name: string, phase: string, byOthers: readonly string[] = []): boolean {
    const told = history.inOrder().find(({ kind, object }) => {
      return (
        kind === VCJOBS.plural && nameOf(object) === name && stringAt(object, ['status', 'state', 'phase']) === phase
      );
    });
    const gone = history.inOrder().filter(({ kind, object }) => {
      const isOfJob = kind === PODS.plural && stringAt(object, ['metadata', 'labels', JOB_NAME_KEY]) === name;
      return (
        isOfJob && stringAt(object, ['metadata', 'deletionTimestamp']) !== '' && !byOthers.includes(nameOf(object))
      );
    });
    const first = gone[0]?.revision ?? 0;
    return told !== undefined && numberAt(told.object, ['status', 'terminating'], 0) > 0 && first > told.revision;
  }

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

function vcjob(name: string, spec: object, namespace = NS): object {
  return { apiVersion: apiVersion(VCJOBS), kind: VCJOBS.kind, metadata: { name, namespace }, spec };
}

function task(name: string, replicas: number, command: readonly string[], more: object = {}): object {
  const containers = [{ name: 'c', image: 'busybox', command, resources: { requests: { cpu: '1' } } }];
  return { name, replicas, template: { spec: { restartPolicy: 'Never', containers } }, ...more };
}

function nameOf(object: JsonObject): string {
  return stringAt(object, ['metadata', 'name']);
}

/** Names whose UID is another one now. */
function changed(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  return [...after.keys()].filter((name) => before.get(name) !== after.get(name)).toSorted();
}

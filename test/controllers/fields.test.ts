import { expect } from 'chai';
import { NO_SUBMITTER_KEYS } from '../../src/api/submitter-claim.ts';
import { NO_SETTINGS } from '../../src/api/controller-settings.ts';
import { projectCommand } from '../../src/api/projections/command.ts';
import { projectPod } from '../../src/api/projections/pod.ts';
import type { CommandRecord } from '../../src/api/records/command-record.ts';
import type { PodRecord } from '../../src/api/records/pod-record.ts';
import { apiVersion, COMMANDS, QUEUES, VCJOBS } from '../../src/api/resources.ts';
import { WATCHED_COMMANDS } from '../../src/api/watched-kinds.ts';
import type { Watch } from '../../src/controllers/controller.ts';
import { QUEUE_STATE } from '../../src/controllers/queue-state/controller.ts';
import { VCJOB } from '../../src/controllers/vcjob/controller.ts';
import { KindStores } from '../../src/engine/control/kind-stores.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { actedOn } from '../support/acted-on.ts';
import type { FieldPair } from '../support/acted-on.ts';
import { makeQueue } from '../support/records.ts';
import { flow } from '../webhooks/jobflows/jobflow-fixture.ts';
import { FlowWorld } from './jobflow/flow-world.ts';
import { CronWorld } from './vc-cron-job/cron-world.ts';
import { ACTED_ON } from './vcjob/field-rows.ts';

/** What a pair of specs leaves behind each, to be compared. */
interface Proof {
  readonly pair: FieldPair<JsonObject>;
  readonly life: (spec: JsonObject) => unknown;
}
type Proofs = Readonly<Record<string, Proof>>;

/** The fields of a Job where they stand in a template: the job that is made has them, and a test of its own shows that they count. */
function ofJob(at: string, life: Proof['life']): Proofs {
  return Object.fromEntries(
    Object.entries(ACTED_ON).map(([path, { one, other }]) => [
      path.replace(/^spec/, at),
      { pair: { one, other }, life },
    ]),
  );
}

/** A CronJob that was made at midnight: its jobs, its status and what was done by ten to four, jobs running on or ending as they are told. */
function nights(spec: JsonObject, ends?: string): unknown {
  const world = new CronWorld({ schedule: '0 * * * *', timeZone: 'UTC', ...spec }, '2030-01-01T00:00:00Z');
  const done = [world.settle('2030-01-01T00:10:00Z')];
  for (const hour of ['01:00:30', '02:00:30', '03:50:00']) {
    done.push(world.settle(`2030-01-01T${hour}Z`));
    if (ends !== undefined) for (const name of world.jobs.keys()) world.take(name, ends);
    done.push(world.settle());
  }
  return { done, status: world.status, jobs: [...world.jobs] };
}

const cron = (name: string, one: JsonValue, other: JsonValue, ends?: string): Proof => ({
  pair: { one: { [name]: one }, other: { [name]: other } },
  life: (spec) => nights(spec, ends),
});

const CRON: Proofs = {
  'spec.schedule': cron('schedule', '0 * * * *', '30 * * * *'),
  'spec.timeZone': {
    pair: { one: { timeZone: 'UTC' }, other: { timeZone: 'Asia/Kolkata' } },
    life: (spec) => nights({ schedule: '0 3 * * *', ...spec }),
  },
  'spec.startingDeadlineSeconds': cron('startingDeadlineSeconds', 60, 7200),
  'spec.concurrencyPolicy': cron('concurrencyPolicy', 'Allow', 'Forbid'),
  'spec.suspend': cron('suspend', false, true),
  'spec.successfulJobsHistoryLimit': cron('successfulJobsHistoryLimit', 3, 1, 'Completed'),
  'spec.failedJobsHistoryLimit': cron('failedJobsHistoryLimit', 3, 1, 'Failed'),
  'spec.jobTemplate.metadata': {
    pair: { one: { labels: { a: 'b' } }, other: { labels: { a: 'c' } } },
    life: (metadata) => nights({ jobTemplate: { metadata, spec: {} } }),
  },
  ...ofJob('spec.jobTemplate.spec', (spec) => nights({ jobTemplate: { spec } })),
};

/** Flow `b` waits for `a`, whose job runs a server that says yes to every second question; then `a` ends, and `b` where it was made. */
function days(flows: readonly JsonObject[], spec: JsonObject = {}, template?: JsonObject): unknown {
  const world = new FlowWorld(flows, spec);
  const first = `daily-${stringAt(flows[0], ['name'])}`;
  world.addTemplate(first.replace('daily-', ''), template ?? { tasks: [{ name: 'server', replicas: 1 }] });
  world.step();
  const made = JSON.stringify([...world.jobs]);
  world.jobs.delete(first);
  world.addJob(first, 'Running', { taskStatusCount: { server: { phase: { Running: 1 } } } });
  world.pods.set(
    `${first}-server-0`,
    server(`${first}-server-0`, first, stringAt(world.jobs.get(first), ['metadata', 'uid'])),
  );
  const asked: unknown[] = [];
  for (let round = 0; round < 3; round += 1) {
    world.step((question) => {
      asked.push(question);
      return false;
    });
  }
  for (const name of world.jobs.keys()) world.setPhase(name, 'Completed');
  for (let round = 0; round < 4; round += 1) world.step();
  return { made, asked, history: world.history, status: world.status };
}

function server(name: string, job: string, uid: string): PodRecord {
  const owner = { apiVersion: apiVersion(VCJOBS), kind: 'Job', name: job, uid, controller: true };
  const metadata = { name, namespace: 'ns', uid: name, resourceVersion: '1', ownerReferences: [owner] };
  const spec = { containers: [{ name: 'main', image: 'x' }] };
  const pod = projectPod({ metadata, spec, status: { phase: 'Running', podIP: '10.1.0.1' } }, new Map());
  if (pod === undefined) throw new Error(name);
  return pod;
}

/** A probe of one sort: one entry against another. */
function probe(list: string, one: JsonObject, other: JsonObject): Proof {
  const common = { taskName: 'server' };
  return {
    pair: { one: { ...common, ...one }, other: { ...common, ...other } },
    life: (entry) => days([flow('a'), flow('b', [], { dependsOn: { targets: ['a'], probe: { [list]: [entry] } } })]),
  };
}

const header = (name: string, value: string): JsonObject => ({ port: 80, httpHeader: { name, value } });
const HTTP = 'spec.flows.dependsOn.probe.httpGetList';
const SOCKET = 'spec.flows.dependsOn.probe.tcpSocketList';
const STATUS = 'spec.flows.dependsOn.probe.taskStatusList';

const FLOW: Proofs = {
  'spec.flows.name': { pair: { one: flow('a'), other: flow('z') }, life: (one) => days([one]) },
  'spec.flows.dependsOn.targets': {
    pair: { one: flow('b'), other: flow('b', ['a']) },
    life: (second) => days([flow('a'), second]),
  },
  [`${HTTP}.taskName`]: probe('httpGetList', { port: 80 }, { port: 80, taskName: 'other' }),
  [`${HTTP}.path`]: probe('httpGetList', { port: 80, path: '/a' }, { port: 80, path: '/b' }),
  [`${HTTP}.port`]: probe('httpGetList', { port: 80 }, { port: 81 }),
  [`${HTTP}.httpHeader.name`]: probe('httpGetList', header('X-A', '1'), header('X-B', '1')),
  [`${HTTP}.httpHeader.value`]: probe('httpGetList', header('X-A', '1'), header('X-A', '2')),
  [`${SOCKET}.taskName`]: probe('tcpSocketList', { port: 80 }, { port: 80, taskName: 'other' }),
  [`${SOCKET}.port`]: probe('tcpSocketList', { port: 80 }, { port: 81 }),
  [`${STATUS}.taskName`]: probe('taskStatusList', { phase: 'Running' }, { phase: 'Running', taskName: 'other' }),
  [`${STATUS}.phase`]: probe('taskStatusList', { phase: 'Running' }, { phase: 'Failed' }),
  'spec.jobRetainPolicy': {
    pair: { one: { jobRetainPolicy: 'retain' }, other: { jobRetainPolicy: 'delete' } },
    life: (spec) => days([flow('a')], spec),
  },
  ...ofJob('spec.flows.patch.jobSpec', (jobSpec) => days([flow('a', [], { patch: { jobSpec } })], {}, {})),
};

const TEMPLATE = ofJob('spec', (spec) => days([flow('a')], {}, spec));

/** Which jobs and queues a Command wakes, and what it makes of the queue that it may be about. */
function commanded(raw: JsonObject): unknown {
  const metadata = { name: 'c', namespace: 'ns', uid: 'c', resourceVersion: '1' };
  const command = projectCommand({ metadata, ...raw });
  const stores = new KindStores();
  for (const { kind } of QUEUE_STATE.watches) stores.listen(kind, () => undefined);
  stores.apply(QUEUES, [{ kind: 'replace', records: [makeQueue('q', { uid: 'uid-q' })] }]);
  stores.apply(COMMANDS, [{ kind: 'replace', records: [command] }]);
  const look = {
    view: stores,
    nowMs: 0,
    ownNamespace: 'sluice-system',
    settings: NO_SETTINGS,
    told: () => new Set<string>(),
    answerTo: () => undefined,
    submitterKeys: NO_SUBMITTER_KEYS,
  };
  const woken = [...QUEUE_STATE.watches, ...VCJOB.watches]
    .filter(({ kind }) => kind.type === WATCHED_COMMANDS.type)
    .flatMap((watch) => [...(watch as Watch<CommandRecord>).toKeys(undefined, command, stores)]);
  return { woken, effects: QUEUE_STATE.reconcile('q', look) };
}

const TARGET = { apiVersion: apiVersion(QUEUES), kind: 'Queue', name: 'q', uid: 'uid-q' };
const close = (target: JsonObject): JsonObject => ({ action: 'CloseQueue', target: { ...TARGET, ...target } });
const command = (one: JsonObject, other: JsonObject): Proof => ({ pair: { one, other }, life: commanded });

const COMMAND: Proofs = {
  action: command(close({}), { ...close({}), action: 'OpenQueue' }),
  'target.apiVersion': command(
    close({ kind: 'Job', apiVersion: apiVersion(VCJOBS) }),
    close({ kind: 'Job', apiVersion: 'batch/v1' }),
  ),
  'target.kind': command(close({}), close({ kind: 'Job' })),
  'target.name': command(close({}), close({ name: 'r' })),
  'target.uid': command(close({}), close({ uid: 'another' })),
};

for (const [kind, proofs] of Object.entries({
  CronJob: CRON,
  JobFlow: FLOW,
  JobTemplate: TEMPLATE,
  Command: COMMAND,
})) {
  describe(`each field of a ${kind} of Volcano`, () => {
    it('that the page calls acted on has its proof', async () => {
      expect(Object.keys(proofs).toSorted()).to.deep.equal((await actedOn(kind)).toSorted());
    });

    for (const [path, { pair, life }] of Object.entries(proofs)) {
      it(`${path} makes a difference`, () => {
        const [first, again, other] = [pair.one, pair.one, pair.other].map((spec) => JSON.stringify(life(spec)));
        expect(first).to.equal(again);
        expect(first).not.to.equal(other);
      });
    }
  });
}

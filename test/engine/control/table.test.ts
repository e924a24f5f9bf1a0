import { expect } from 'chai';
import { accessRule, REQUIRED_ACCESS } from '../../../src/api/access.ts';
import type { ResourceType } from '../../../src/api/resources.ts';
import { WATCHED_QUEUES } from '../../../src/api/watched-kinds.ts';
import type { WatchedKind } from '../../../src/api/watched-kinds.ts';
import type { Controller, Watch } from '../../../src/controllers/controller.ts';
import { accessOf, withController } from '../../../src/engine/control/controller-access.ts';
import { createControllers } from '../../../src/engine/control/control-loop.ts';
import type { WriteRequest } from '../../../src/engine/ports.ts';
import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import { stringAt } from '../../../src/lib/json.ts';
import { makeJob, makeNamespace, makePlan } from '../../support/controller-records.ts';
import { recordedPorts, settled } from '../../support/controller-ports.ts';
import type { RecordedPorts } from '../../support/controller-ports.ts';
import { ControllerModel } from '../../support/controller-model.ts';
import { ControllerWorld } from '../../support/controller-world.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { makePodGroup, makeQueue } from '../../support/records.ts';

/** A kind that nothing else knows: its objects follow the state of the queue that they name. */
interface Flag {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly queue: string;
  readonly shown: string;
}

const FLAGS: ResourceType = { group: 'x.dev', version: 'v1', plural: 'flags', kind: 'Flag', namespaced: false };

const WATCHED_FLAGS: WatchedKind<Flag> = {
  type: FLAGS,
  project: (raw) => flag(stringAt(raw, ['metadata', 'name']), ''),
  keyOf: ({ name }) => name,
};

const FLAG_ITSELF: Watch<Flag> = {
  kind: WATCHED_FLAGS,
  toKeys: (_, after) => (after === undefined ? [] : [after.name]),
};

const FLAGS_OF_QUEUE: Watch<QueueRecord> = {
  kind: WATCHED_QUEUES,
  toKeys: (_, after, view) =>
    [...view.values(WATCHED_FLAGS)].filter(({ queue }) => queue === after?.name).map(({ name }) => name),
};

const FLAG_CONTROLLER: Controller = {
  name: 'flag',
  workers: 1,
  watches: [FLAG_ITSELF, FLAGS_OF_QUEUE],
  access: [accessRule(FLAGS, ['patch'])],
  reconcile: (name, { view }) => {
    const found = view.get(WATCHED_FLAGS, name);
    const wanted = view.get(WATCHED_QUEUES, found?.queue ?? '')?.state ?? 'Unknown';
    if (found === undefined || found.shown === wanted) return [];
    const { uid, resourceVersion } = found;
    const target = { type: FLAGS, namespace: '', name };
    const precondition = { uid, resourceVersion };
    return [{ kind: 'patch', ...target, regarding: { ...target, uid }, precondition, body: { shown: wanted } }];
  },
};

function flag(name: string, shown: string, resourceVersion = '1'): Flag {
  return { name, uid: `uid-${name}`, resourceVersion, queue: 'blue', shown };
}

interface FlagWorld {
  readonly controllers: ReturnType<typeof createControllers>;
  readonly ports: RecordedPorts;
  readonly writes: string[];
}

function makeWorld(): FlagWorld {
  const writes: string[] = [];
  const write = (request: WriteRequest) => {
    if (request.type === FLAGS) writes.push(`${request.name} ${stringAt(request.body, ['shown'])}`);
    return Promise.resolve({ kind: 'done', object: undefined } as const);
  };
  const ports = recordedPorts({ write }, new ControllerModel(), new ManualClock(100_000));
  return { controllers: createControllers(ports, [FLAG_CONTROLLER]), ports, writes };
}

/** Lists every kind but those named as empty; queue blue is open. */
function list({ controllers }: FlagWorld, but: readonly ResourceType[] = []): void {
  for (const { type } of controllers.kinds) {
    if (but.includes(type)) continue;
    const records = type.plural === 'queues' ? [makeQueue('blue')] : type === FLAGS ? [flag('a', '')] : [];
    controllers.apply(type, [{ kind: 'replace', records }]);
  }
}

describe('a controller in the table', () => {
  it('has its kind watched, and waits for the first list of it', async () => {
    const world = makeWorld();
    expect(world.controllers.kinds).to.include(WATCHED_FLAGS);
    world.controllers.start();
    list(world, [FLAGS]);
    expect(world.controllers.synced).to.equal(false);
    list(world);
    expect(world.controllers.synced).to.equal(true);
    await settled();
    expect(world.writes).to.deep.equal(['a Open']);
  });

  it('is woken by the other kinds that it watches, and not again before its write is seen', async () => {
    const world = makeWorld();
    world.controllers.start();
    list(world);
    await settled();
    const close = [{ kind: 'upsert', record: makeQueue('blue', { state: 'Closed' }) }] as const;
    world.controllers.apply(WATCHED_QUEUES.type, close);
    await settled();
    expect(world.writes).to.deep.equal(['a Open']);
    world.controllers.apply(FLAGS, [{ kind: 'upsert', record: flag('a', 'Open', '2') }]);
    await settled();
    expect(world.writes).to.deep.equal(['a Open', 'a Closed']);
  });

  it('does nothing while the process does not lead', async () => {
    const world = makeWorld();
    list(world);
    await settled();
    expect(world.writes).to.deep.equal([]);
  });

  it('has the rights that it needs and no right twice', () => {
    const rules = withController(REQUIRED_ACCESS.controllers, FLAG_CONTROLLER);
    expect(rules.slice(REQUIRED_ACCESS.controllers.length)).to.deep.equal([
      accessRule(FLAGS, ['list', 'watch']),
      accessRule(FLAGS, ['patch']),
    ]);
    expect(accessOf('webhook')).to.equal(REQUIRED_ACCESS.webhook);
  });

  it('tells a Job that slipped past the webhook, also when its namespace opts in later', async () => {
    const world = new ControllerWorld();
    world.model.put('namespaces', 'ns', makeNamespace('ns', { optedIn: false }));
    world.model.put('jobs', 'ns/late', makeJob('late', makePlan(), { groupPlan: '', schedulerName: '' }));
    world.list();
    world.controllers.start();
    await world.rest();
    const told = () => world.model.events.filter(({ reason }) => reason === 'UnmanagedJob').map(({ uid }) => uid);
    expect(told()).to.deep.equal([]);
    world.model.put('namespaces', 'ns', makeNamespace('ns'));
    await world.rest();
    world.model.put('jobs', 'ns/new', makeJob('new', makePlan(), { groupPlan: '', schedulerName: '' }));
    await world.rest();
    expect(told()).to.deep.equal(['job-late', 'job-new']);
  });

  it('tells a Job once that its group waits for long', async () => {
    const world = new ControllerWorld();
    world.list();
    world.controllers.start();
    world.model.put('jobs', 'ns/train', makeJob('train', makePlan()));
    const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'train', uid: 'job-train' };
    const condition = { type: 'Unschedulable', status: 'True', reason: 'r', transitionID: '', lastTransitionTime: '' };
    for (const message of ['3 of 5', '4 of 5']) {
      const waits = { owner, createdMs: world.clock.nowMs(), conditions: [{ ...condition, message }] };
      world.model.put('podgroups', 'ns/train-n0nce', makePodGroup('train-n0nce', 3, waits));
      await world.rest(40_000);
    }
    const told = world.model.events.filter(({ reason }) => reason === 'GroupWaits');
    expect(told.map(({ note }) => note)).to.deep.equal(['PodGroup train-n0nce in queue default waits: 3 of 5']);
  });
});

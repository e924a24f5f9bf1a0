import { expect } from 'chai';
import fc from 'fast-check';
import { formatGroupPlan } from '../../../src/api/group-plan.ts';
import type { GroupPlan } from '../../../src/api/group-plan.ts';
import { JOBS } from '../../../src/api/resources.ts';
import type { JobRecord } from '../../../src/api/records/job-record.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import { makeJob, makeNamespace, makePlan, makeSparkPlan } from '../../support/controller-records.ts';
import { settled } from '../../support/controller-ports.ts';
import { ControllerWorld, startedWorld, TORCH } from '../../support/controller-world.ts';
import type { WriteFault } from '../../support/controller-world.ts';
import { makePod, makePodGroup, makeQueue, makeShape } from '../../support/records.ts';
import { makeRoot } from '../../support/workload-kinds.ts';

const SHAPE = makeShape({ cpu: 1000 });

function pod(name: string, group: string, overrides: Partial<PodRecord> = {}): PodRecord {
  return makePod(name, group, SHAPE, { createdMs: 100_000, ...overrides });
}

function planned(name: string, plan: GroupPlan, overrides: Partial<PodRecord> = {}): PodRecord {
  return pod(name, plan.group, { groupPlan: formatGroupPlan(plan), ...overrides });
}

function writesTo(world: ControllerWorld, plural: string): readonly string[] {
  return world.model.history.filter((line) => line.split(' ')[1] === plural);
}

describe('createControllers', () => {
  it('makes the root queue, then the default queue, in an empty cluster', async () => {
    const world = new ControllerWorld();
    world.list();
    world.controllers.start();
    await world.rest(0);
    expect(writesTo(world, 'queues').slice(0, 2)).to.deep.equal(['create queues root', 'create queues default']);
  });

  it('makes the default queue again when somebody deletes it', async () => {
    const world = startedWorld();
    await world.rest();
    world.model.remove('queues', 'default');
    await world.rest();
    expect(world.model.stores.queues.has('default')).to.equal(true);
  });

  it('does nothing before every kind is listed, and nothing while it does not lead', async () => {
    const world = new ControllerWorld();
    world.controllers.apply(JOBS, [{ kind: 'replace', records: [makeJob('train', makePlan())] }]);
    world.controllers.start();
    await world.rest();
    expect(world.controllers.synced).to.equal(false);
    expect(world.model.history).to.deep.equal([]);

    const standby = new ControllerWorld();
    standby.model.put('jobs', 'ns/train', makeJob('train', makePlan()));
    standby.list();
    await standby.rest();
    expect(standby.controllers.synced).to.equal(true);
    expect(standby.model.history).to.deep.equal([]);
  });

  it('makes the group of a Job at once, without a timer', async () => {
    const world = startedWorld();
    await world.rest();
    const atMs = world.clock.nowMs();
    world.model.put('jobs', 'ns/train', makeJob('train', makePlan()));
    await settled();
    expect(world.model.stores.podgroups.get('ns/train-n0nce')?.minMember).to.equal(3);
    expect(world.clock.nowMs()).to.equal(atMs);
  });

  it('follows a plan whose numbers change', async () => {
    const world = startedWorld();
    world.model.put('jobs', 'ns/train', makeJob('train', makePlan()));
    await world.rest();
    world.model.put('jobs', 'ns/train', makeJob('train', makePlan({ tasks: [{ name: 'worker', min: 7, stage: 0 }] })));
    await settled();
    expect(world.model.stores.podgroups.get('ns/train-n0nce')?.minMember).to.equal(7);
  });

  it('says that a group is about to grow until it is seen to ask for more', async () => {
    const world = startedWorld();
    world.model.put('jobs', 'ns/train', makeJob('train', makePlan()));
    await world.rest();
    const key = 'ns/train-n0nce';
    const told = (): readonly string[] => [...world.ports.growing.refusals(() => 3).keys()];
    expect(told()).to.deep.equal([]);
    world.controllers.apply(JOBS, [
      { kind: 'upsert', record: makeJob('train', makePlan({ tasks: [{ name: 'worker', min: 7, stage: 0 }] })) },
    ]);
    // However many other groups are to be looked at first.
    expect(told()).to.deep.equal([key]);
    await Promise.resolve();
    expect(told()).to.deep.equal([key]);
    await world.rest();
    expect(world.model.stores.podgroups.get(key)?.minMember).to.equal(7);
    expect(told()).to.deep.equal([]);
  });

  it('forgets that a group was about to grow when what plans it goes, also where another process leads', async () => {
    const world = new ControllerWorld();
    const planned = (min: number) => makeJob('train', makePlan({ tasks: [{ name: 'worker', min, stage: 0 }] }));
    world.list();
    world.controllers.apply(JOBS, [{ kind: 'upsert', record: planned(3) }]);
    world.controllers.apply(JOBS, [{ kind: 'upsert', record: planned(7) }]);
    world.controllers.apply(JOBS, [{ kind: 'delete', record: planned(7) }]);
    await world.rest();
    expect(world.ports.growing.refusals(() => 3).size).to.equal(0);
  });

  it('follows a Job that is suspended, resumed with another size, and ends', async () => {
    const world = startedWorld();
    const group = () => world.model.stores.podgroups.get('ns/train-n0nce');
    world.model.put('jobs', 'ns/train', makeJob('train', makePlan(), { state: 'Suspended' }));
    await world.rest();
    expect(group()).to.include({ rootState: 'Suspended', minMember: 3 });
    const larger = makePlan({ tasks: [{ name: 'worker', min: 7, stage: 0 }] });
    world.model.put('jobs', 'ns/train', makeJob('train', larger));
    await settled();
    expect(group()).to.include({ rootState: 'Active', minMember: 7 });
    world.model.put('jobs', 'ns/train', makeJob('train', larger, { completions: 7, failedIndexes: 2 }));
    await world.rest();
    expect(group()).to.include({ rootState: 'Active', minMember: 5 });
    world.model.put('jobs', 'ns/train', makeJob('train', larger, { state: 'Ended' }));
    await world.rest();
    expect(group()?.rootState).to.equal('Ended');
  });

  it('makes the group of a Job, and that of a stray pod, as soon as its queue opens', async () => {
    const world = startedWorld();
    world.model.put('queues', 'blue', makeQueue('blue', { state: 'Closed' }));
    world.model.put('jobs', 'ns/train', makeJob('train', makePlan({ queue: 'blue' })));
    await world.rest();
    expect(world.model.stores.podgroups.size).to.equal(0);
    world.model.put('pods', 'ns/stray', pod('stray', '', { queue: 'blue' }));
    await world.rest();
    expect(world.model.events.map(({ reason }) => reason)).to.deep.equal(['QueueNotOpen', 'QueueNotOpen']);
    world.model.put('queues', 'blue', makeQueue('blue'));
    await settled();
    expect(world.model.stores.podgroups.get('ns/train-n0nce')?.queue).to.equal('blue');
    expect(world.model.stores.podgroups.get('ns/podgroup-uid-stray')?.queue).to.equal('blue');
  });

  it('puts back at once what somebody changed on a group of ours', async () => {
    const world = startedWorld();
    world.model.put('jobs', 'ns/train', makeJob('train', makePlan()));
    await world.rest();
    const group = world.model.stores.podgroups.get('ns/train-n0nce');
    if (group === undefined) throw new Error('no group was made');
    world.model.put('podgroups', group.key, { ...group, queue: 'rich', priorityClassName: 'high', rootState: 'Ended' });
    await settled();
    expect(world.model.stores.podgroups.get(group.key)).to.include({
      queue: 'default',
      priorityClassName: '',
      rootState: 'Active',
    });
  });

  it('makes one group for pods that all plan it, and wakes up for the first alone', async () => {
    const world = startedWorld();
    await world.rest();
    const plan = makePlan({ group: 'team' });
    for (let n = 0; n < 50; n += 1) world.model.put('pods', `ns/p${n}`, planned(`p${n}`, plan));
    await world.rest();
    expect(writesTo(world, 'podgroups')).to.deep.equal(['create podgroups ns/team']);
  });

  it('does not work for pods that are rightly stamped', async () => {
    const world = startedWorld();
    world.model.put('jobs', 'ns/train', makeJob('train', makePlan()));
    await world.rest();
    const before = new Map(world.ports.figures);
    const timers = world.clock.pending;
    for (let n = 0; n < 500; n += 1) world.model.put('pods', `ns/p${n}`, pod(`p${n}`, 'train-n0nce'));
    for (let n = 0; n < 500; n += 1)
      world.model.put('pods', `ns/p${n}`, pod(`p${n}`, 'train-n0nce', { nodeName: 'n', phase: 'Running' }));
    await world.rest(0);
    expect(world.ports.figures).to.deep.equal(before);
    expect(world.clock.pending).to.equal(timers);
  });

  it('opens the stage of the executors when the driver runs', async () => {
    const world = startedWorld();
    const plan = makeSparkPlan();
    world.model.put('pods', 'ns/driver', planned('driver', plan, { task: 'driver' }));
    await world.rest();
    expect(world.model.stores.podgroups.get('ns/spark-n0nce')?.minMember).to.equal(1);
    world.model.put('pods', 'ns/driver', planned('driver', plan, { task: 'driver', nodeName: 'n', phase: 'Running' }));
    await world.rest();
    const group = world.model.stores.podgroups.get('ns/spark-n0nce');
    expect(group?.minMember).to.equal(3);
    expect(group?.minTaskMember).to.deep.equal(
      new Map([
        ['driver', 1],
        ['executor', 2],
      ]),
    );
  });

  it('makes a group again that people deleted under a living Job, and not under a finished one', async () => {
    const world = startedWorld();
    world.model.put('jobs', 'ns/train', makeJob('train', makePlan()));
    await world.rest();
    world.model.remove('podgroups', 'ns/train-n0nce');
    await world.rest();
    expect(world.model.stores.podgroups.has('ns/train-n0nce')).to.equal(true);
    world.model.put('jobs', 'ns/train', makeJob('train', makePlan(), { state: 'Ended' }));
    world.model.remove('podgroups', 'ns/train-n0nce');
    await world.rest();
    expect(world.model.stores.podgroups.has('ns/train-n0nce')).to.equal(false);
  });

  it('keeps the group of pods that a deleted Job left behind, and lets it go with the last of them', async () => {
    for (const isJobSeenLast of [false, true]) {
      const world = startedWorld();
      const plan = makePlan();
      const job = makeJob('train', plan);
      world.model.put('jobs', 'ns/train', job);
      world.model.put('pods', 'ns/left', pod('left', plan.group));
      await world.rest();
      const strip = async (): Promise<void> => {
        const group = world.model.stores.podgroups.get(`ns/${plan.group}`);
        if (group !== undefined) world.model.put('podgroups', group.key, { ...group, owner: undefined });
        await world.rest();
      };
      if (isJobSeenLast) await strip();
      world.model.put('jobs', 'ns/train', { ...job, deleting: true });
      await world.rest();
      if (!isJobSeenLast) await strip();
      world.model.remove('jobs', 'ns/train');
      await world.rest();
      expect(world.model.stores.podgroups.get(`ns/${plan.group}`)).to.deep.include({ rootState: 'Active' });
      world.model.remove('pods', 'ns/left');
      await world.rest();
      expect(world.model.stores.podgroups.get(`ns/${plan.group}`)).to.equal(undefined);
    }
  });

  it('tells a Job with a copied plan that the name is taken, and leaves the group to the first', async () => {
    const world = startedWorld();
    world.model.put('jobs', 'ns/train', makeJob('train', makePlan()));
    await world.rest();
    world.model.put('jobs', 'ns/copy', makeJob('copy', makePlan()));
    await world.rest();
    expect(world.model.stores.podgroups.get('ns/train-n0nce')?.owner?.name).to.equal('train');
    expect(world.model.events.map(({ uid, reason }) => `${uid} ${reason}`)).to.deep.equal([
      'job-train GroupPlanned',
      'job-copy GroupNameTaken',
    ]);
  });

  it('tells an unreadable plan once, however often the Job changes', async () => {
    const world = startedWorld();
    for (let n = 0; n < 3; n += 1) {
      world.model.put('jobs', 'ns/train', makeJob('train', makePlan(), { groupPlan: 'nonsense' }));
      await world.rest();
    }
    expect(world.model.events.map((event) => event.reason)).to.deep.equal(['InvalidGroupPlan']);
  });

  it('adopts a stray pod of ours after the grace in any namespace, and reports others once theirs opts in', async () => {
    const world = startedWorld();
    const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'd' };
    const late = { key: 'late/stray', namespace: 'late', uid: 'uid-late', owner };
    world.model.put('pods', 'ns/stray', pod('stray', '', { owner }));
    world.model.put('pods', 'late/stray', pod('stray', '', late));
    const theirs = { key: 'late/x', namespace: 'late', uid: 'uid-x', schedulerName: 'default-scheduler' };
    world.model.put('pods', 'late/x', pod('x', '', theirs));
    await world.rest(4_999);
    expect(writesTo(world, 'pods')).to.deep.equal([]);
    await world.rest();
    expect(world.model.stores.pods.get('ns/stray')?.group).to.equal('podgroup-uid-stray');
    expect(world.model.stores.pods.get('late/stray')?.group).to.equal('podgroup-uid-late');
    const reported = () => world.model.events.filter(({ reason }) => reason === 'UnmanagedPod').map(({ uid }) => uid);
    expect(reported()).to.deep.equal([]);
    world.model.put('namespaces', 'late', makeNamespace('late'));
    await world.rest();
    expect(reported()).to.deep.equal(['uid-x']);
  });

  it('calls a group back whose pods had all ended when others come to it', async () => {
    const world = startedWorld();
    const plan = makePlan({ group: 'team', owner: 'controller' });
    const state = () => world.model.stores.podgroups.get('ns/team')?.rootState;
    for (const name of ['p1', 'p2']) world.model.put('pods', `ns/${name}`, planned(name, plan));
    await world.rest();
    for (const name of ['p1', 'p2']) {
      world.model.put('pods', `ns/${name}`, planned(name, plan, { phase: 'Succeeded', nodeName: 'n1' }));
    }
    await world.rest();
    expect(state()).to.equal('Ended');
    world.model.put('pods', 'ns/p3', planned('p3', plan));
    await world.rest();
    expect(state()).to.equal('Active');
  });

  it('reports pods that name a group which nobody makes', async () => {
    const world = startedWorld();
    world.model.put('pods', 'ns/p1', pod('p1', 'nowhere'));
    world.model.put('pods', 'ns/p2', pod('p2', 'nowhere'));
    await world.rest(9_999);
    expect(world.model.events).to.deep.equal([]);
    await world.rest(1);
    expect(world.model.events.map(({ uid, reason }) => `${uid} ${reason}`)).to.deep.equal(['uid-p1 GroupNotFound']);
  });

  it('writes the counts of a queue once a second at most, and ends with the last ones', async () => {
    const world = startedWorld();
    await world.rest();
    const before = writesTo(world, 'queues').length;
    for (let n = 0; n < 100; n += 1) {
      world.model.put(
        'podgroups',
        `ns/g${n}`,
        makePodGroup(`g${n}`, 1, { phase: n % 2 === 0 ? 'Running' : 'Pending' }),
      );
      await world.rest(20);
    }
    await world.rest(2_000);
    expect(writesTo(world, 'queues').length - before).to.be.within(2, 4);
    expect(world.ports.figures.get('volcano_queue_pod_group_running_count default')).to.equal(50);
    expect(world.ports.figures.get('volcano_queue_pod_group_pending_count default')).to.equal(50);
  });

  it('measures nothing of a queue that is gone', async () => {
    const world = startedWorld();
    world.model.put('queues', 'blue', makeQueue('blue'));
    world.model.put('podgroups', 'ns/g', makePodGroup('g', 1, { queue: 'blue', phase: 'Running' }));
    await world.rest();
    expect(world.ports.figures.get('volcano_queue_pod_group_running_count blue')).to.equal(1);
    world.model.remove('queues', 'blue');
    await world.rest();
    expect([...world.ports.figures.keys()].filter((key) => key.endsWith(' blue'))).to.deep.equal([]);
  });

  it('writes no more after a stop', async () => {
    const world = startedWorld();
    await world.rest();
    await world.controllers.stop();
    const before = [...world.model.history];
    world.model.put('jobs', 'ns/train', makeJob('train', makePlan()));
    await world.rest();
    expect(world.model.history).to.deep.equal(before);
    world.controllers.start();
    await world.rest();
    expect(world.model.stores.podgroups.has('ns/train-n0nce')).to.equal(true);
  });

  it('ends with one group for each plan, in any order of streams and answers, whichever writes fail', async () => {
    const act = fc.record({ what: fc.constantFrom(...ACTS), which: fc.nat(1), size: fc.integer({ min: 1, max: 4 }) });
    const faults = fc.array(fc.constantFrom<WriteFault>('none', 'lost', 'answerLost', 'throttled'), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(act, { minLength: 1, maxLength: 10 }), faults, fc.boolean(), converges),
      { numRuns: 300 },
    );
  });
});

const ACTS = [
  'job',
  'resize',
  'finish',
  'removeJob',
  'driver',
  'driverRuns',
  'removeDriver',
  'stray',
  'root',
  'resizeRoot',
  'removeRoot',
  'loseRoots',
  'listRoots',
  'dropGroup',
  'rest',
] as const;

interface Act {
  readonly what: (typeof ACTS)[number];
  readonly which: number;
  readonly size: number;
}

async function converges(
  s: fc.Scheduler,
  acts: readonly Act[],
  faults: readonly WriteFault[],
  isLate: boolean,
): Promise<void> {
  const world = new ControllerWorld((label) => s.schedule(Promise.resolve(), label), faults);
  const release = async (): Promise<boolean> => {
    if (s.count() === 0) return false;
    await s.waitNext(1);
    return true;
  };
  world.model.put('namespaces', 'ns', makeNamespace('ns'));
  const lead = (): void => {
    world.list();
    world.controllers.start();
  };
  if (!isLate) lead();
  for (const step of acts) {
    if (step.what === 'rest') await world.rest(step.size * 2_000, release);
    else DEEDS[step.what](world, step);
    if (step.size % 2 === 0) await release();
  }
  if (isLate) lead();
  world.listRoots();
  await world.rest(60_000, release);
  checkEnd(world);
}

function jobPlan({ which, size }: Act): GroupPlan {
  return makePlan({ group: `g-${which}`, tasks: [{ name: 'worker', min: size, stage: 0 }] });
}

function rootPlan({ which, size }: Act): string {
  return formatGroupPlan(makePlan({ group: `o-${which}`, tasks: [{ name: 'worker', min: size, stage: 0 }] }));
}

/** Acts of one run in order: a name that comes back is another object. */
let uids = 0;
function newUid(): string {
  uids += 1;
  return `uid-${uids}`;
}

/** What people and kubelets do; an act without its object does nothing. */
const DEEDS: Readonly<Record<Act['what'], (world: ControllerWorld, step: Act) => void>> = {
  job: ({ model }, step) => {
    const key = `ns/j${step.which}`;
    if (model.stores.jobs.has(key)) return;
    model.put('jobs', key, makeJob(`j${step.which}`, jobPlan(step), { uid: newUid() }));
  },
  resize: (world, step) => changeJob(world, step, { groupPlan: formatGroupPlan(jobPlan(step)) }),
  finish: (world, step) => changeJob(world, step, { state: 'Ended' }),
  removeJob: ({ model }, { which }) => model.remove('jobs', `ns/j${which}`),
  driver: ({ model }, { which }) => {
    const plan = makeSparkPlan({ group: `s-${which}` });
    if (model.stores.pods.has(`ns/d${which}`)) return;
    model.put('pods', `ns/d${which}`, planned(`d${which}`, plan, { task: 'driver', uid: newUid() }));
  },
  driverRuns: ({ model }, { which }) => {
    const driver = model.stores.pods.get(`ns/d${which}`);
    if (driver !== undefined) model.put('pods', driver.key, { ...driver, nodeName: 'n', phase: 'Running' });
  },
  removeDriver: ({ model }, { which }) => model.remove('pods', `ns/d${which}`),
  stray: ({ model }, { which }) => {
    if (!model.stores.pods.has(`ns/x${which}`)) model.put('pods', `ns/x${which}`, pod(`x${which}`, ''));
  },
  root: ({ model }, step) => {
    const key = `ns/r${step.which}`;
    if (model.stores.roots.has(key)) return;
    model.put('roots', key, makeRoot(TORCH, `r${step.which}`, { uid: newUid(), groupPlan: rootPlan(step) }));
  },
  resizeRoot: ({ model }, step) => {
    const root = model.stores.roots.get(`ns/r${step.which}`);
    if (root !== undefined) model.put('roots', root.key, { ...root, groupPlan: rootPlan(step) });
  },
  removeRoot: ({ model }, { which }) => model.remove('roots', `ns/r${which}`),
  loseRoots: (world) => world.loseRoots(),
  listRoots: (world) => world.listRoots(),
  dropGroup: ({ model }, { which }) => {
    model.remove('podgroups', `ns/g-${which}`);
    model.remove('podgroups', `ns/o-${which}`);
  },
  rest: () => undefined,
};

function changeJob({ model }: ControllerWorld, { which }: Act, changes: Partial<JobRecord>): void {
  const job = model.stores.jobs.get(`ns/j${which}`);
  if (job !== undefined) model.put('jobs', job.key, { ...job, ...changes });
}

function checkEnd(world: ControllerWorld): void {
  const { roots, jobs, pods, podgroups, queues } = world.model.stores;
  for (const job of jobs.values()) {
    if (job.state === 'Ended') continue;
    const group = podgroups.get(`ns/g-${job.name.slice(1)}`);
    expect(group?.owner?.uid, `owner of the group of ${job.name}`).to.equal(job.uid);
    expect(group?.minMember).to.equal(JSON.parse(job.groupPlan).tasks[0].min);
  }
  for (const root of roots.values()) {
    const group = podgroups.get(`ns/o-${root.name.slice(1)}`);
    expect(group?.owner?.uid, `owner of the group of ${root.name}`).to.equal(root.uid);
    expect(group?.minMember).to.equal(JSON.parse(root.groupPlan).tasks[0].min);
  }
  for (const driver of pods.values()) {
    if (driver.name.startsWith('x'))
      expect(podgroups.has(`ns/${driver.group}`), `adopted ${driver.name}`).to.equal(true);
    else expect(podgroups.get(driver.key.replace('/d', '/s-'))?.minMember).to.equal(driver.phase === 'Running' ? 3 : 1);
  }
  expect([...queues.keys()].toSorted()).to.deep.equal(['default', 'root']);
  expect(world.ports.complaints).to.deep.equal([]);
}

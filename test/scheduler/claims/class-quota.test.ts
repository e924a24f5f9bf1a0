import { expect } from 'chai';
import fc from 'fast-check';

import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { isWithin } from '../../../src/scheduler/model/queue-paths.ts';
import { claim, DEVICES, evicted, gang, held, limited, run, worldOf } from '../../support/claim-world.ts';
import { makeRequest } from '../../support/device-records.ts';
import { GPU } from '../../support/scheduler-world.ts';
import type { SchedulerWorld } from '../../support/scheduler-world.ts';

const RUNS = Number(process.env['SLUICE_PROPERTY_RUNS'] ?? 40);
const OTHERS = 'tpu.deviceclass.resource.k8s.io/devices';
const EXTENDED = 'deviceclass.resource.kubernetes.io/gpu';

const CAPACITY: SchedulerPolicy = {
  ...DEFAULT_POLICY,
  tiers: [
    [plugin('priority'), plugin('gang')],
    [plugin('predicates'), plugin('capacity'), plugin('nodeorder')],
  ],
};

describe('Quotas of DeviceClasses', () => {
  for (const name of [DEVICES, EXTENDED, 'deviceclass/gpu', GPU]) {
    it(`hold under the name ${name}`, () => {
      const world = worldOf([8]).queue('q', limited({ [name]: 3 }));
      for (const each of ['a', 'b', 'c', 'd']) gang(world, each, 1);
      const { placed, refused } = world.cycle();
      expect(Object.keys(placed)).to.have.lengthOf(3);
      const called = name === GPU ? GPU : 'DeviceClass gpu';
      expect(refused['d']).to.equal(`QueueLimit: queue q: quota of ${called} used 3 of 3, 1 more asked.`);
    });
  }

  it('stand in the explanation of who waits for them', () => {
    const world = worldOf([8])
      .queue('above', limited({ [DEVICES]: 3 }))
      .queue('q', { parent: 'above' });
    gang(world, 'a', 3);
    gang(world, 'b', 1);
    world.cycle();
    const { reasons = [], queues = [] } = world.scheduler.explain('ns/b') ?? {};
    const numbers = { resource: DEVICES, asked: '1', held: '3', limit: '3', queue: 'above' };
    expect(reasons.map((reason) => reason.numbers)).to.deep.include(numbers);
    const told = queues.map(({ resources }) => resources.find(({ resource }) => resource === DEVICES));
    expect(told.map((one) => [one?.held, one?.heldBelow, one?.capability])).to.deep.equal([
      ['3', '0', undefined],
      ['0', '3', '3'],
    ]);
  });

  it('keep a gang out as a whole', () => {
    const world = worldOf([8]).queue('q', limited({ [DEVICES]: 4 }));
    gang(world, 'a', 2);
    gang(world, 'b', 3);
    const { placed, refused } = world.cycle();
    expect(Object.keys(placed)).to.deep.equal(['a-0', 'a-1']);
    expect(refused['b']).to.match(/^QueueLimit: .*quota of DeviceClass gpu used 4 of 4, 1 more asked/);
    expect(world.snapshot.queues.get('q')?.heldWithin(world.snapshot.resources.intern(DEVICES))).to.equal(2);
  });

  it('count a shared claim once', () => {
    const world = worldOf([8]).queue('q', limited({ [DEVICES]: 2 }));
    const key = claim(world, 'shared', makeRequest('r', { count: 2 }));
    gang(world, 'a', 3, { shared: [key] });
    expect(Object.keys(world.cycle().placed)).to.have.lengthOf(3);
  });

  it('count a claim that two queues share once in the queue above them', () => {
    const world = worldOf([8]).queue('above', limited({ [DEVICES]: 2 }));
    for (const queue of ['q', 'p']) world.queue(queue, { parent: 'above' });
    const key = claim(world, 'shared', makeRequest('r', { count: 2 }));
    gang(world, 'a', 1, { shared: [key], queue: 'q' });
    gang(world, 'b', 1, { shared: [key], queue: 'p' });
    gang(world, 'c', 1, { queue: 'p' });
    const { placed, refused } = world.cycle();
    expect(Object.keys(placed).toSorted()).to.deep.equal(['a-0', 'b-0']);
    expect(refused['c']).to.match(/queue above above queue p: quota of DeviceClass gpu used 2 of 2, 1 more asked/);
  });

  it('count the alternative that was chosen, and the largest before', () => {
    const request = makeRequest('r', { name: 'many', count: 3 }, { name: 'few', count: 1 });
    const world = worldOf([2]).queue('q', limited({ [DEVICES]: 4 }));
    gang(world, 'a', 1, { request });
    gang(world, 'b', 1, { request });
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['a-0', 'b-0']);
    expect(held(world, 'q', DEVICES)).to.equal(2);
  });

  it('say that a group never fits that needs more than the quota', () => {
    const world = worldOf([8]).queue('q', limited({ [DEVICES]: 3 }));
    gang(world, 'a', 4);
    expect(world.cycle().refused['a']).to.equal(
      'NeverFits: PodGroup ns/a needs 4 of DeviceClass gpu: the quota of queue q is 3.',
    );
  });

  it('count only the class that they name, and admin access not at all', () => {
    const world = worldOf([8]).queue('q', limited({ [DEVICES]: 1 }));
    gang(world, 'a', 2, { request: makeRequest('r', { className: 'tpu' }) });
    gang(world, 'b', 2, { request: makeRequest('r', { adminAccess: true }) });
    gang(world, 'c', 1);
    expect(Object.keys(world.cycle().placed)).to.have.lengthOf(5);
  });

  it('are told in the status with what queues below hold, and follow the claim to its end', () => {
    const world = worldOf([8])
      .queue('above', limited({ [DEVICES]: 4 }))
      .queue('q', { parent: 'above' });
    gang(world, 'a', 2);
    world.cycle();
    expect([held(world, 'q', DEVICES), held(world, 'above', DEVICES)]).to.deep.equal([2, 2]);
    for (const at of [0, 1]) world.snapshot.removeTask(`uid-a-${at}`);
    expect([held(world, 'q', DEVICES), held(world, 'above', DEVICES)]).to.deep.equal([0, 0]);
  });

  it('let pods go for others of their queue where its quota is full', () => {
    const policy: SchedulerPolicy = { ...DEFAULT_POLICY, actions: ['enqueue', 'allocate', 'preempt'] };
    const world = worldOf([8], policy).queue('q', limited({ [DEVICES]: 1 }));
    world.snapshot.setPriorityClass({ name: 'high', value: 10, isGlobalDefault: false, isPatient: false });
    gang(world, 'low', 1);
    run(world);
    gang(world, 'high', 1, { priorityClassName: 'high' });
    expect(evicted(world)).to.deep.equal(['ns/low-0']);
  });

  it('let room be kept for who fits them once others of the queue have ended, and for nobody else', () => {
    const patient: SchedulerPolicy = {
      ...DEFAULT_POLICY,
      actionArguments: new Map([['allocate', new Map([['reserveAfterSeconds', 60]])]]),
    };
    const world = worldOf([2, 2], patient).queue('q', limited({ [DEVICES]: 3 }));
    gang(world, 'a', 1);
    gang(world, 'b', 1);
    run(world);
    gang(world, 'wide', 3);
    gang(world, 'wider', 4);
    world.cycle();
    world.nowMs += 120_000;
    world.cycle();
    const { reservation } = world.snapshot;
    expect(reservation.job?.key).to.equal('ns/wide');
    expect(reservation.places.size).to.equal(3);
  });

  it('are kept for whom others went, until his turn comes', () => {
    const policy: SchedulerPolicy = { ...DEFAULT_POLICY, actions: ['enqueue', 'allocate', 'preempt'] };
    const world = worldOf([8], policy).queue('q', limited({ [DEVICES]: 1 }));
    world.snapshot.setPriorityClass({ name: 'high', value: 10, isGlobalDefault: false, isPatient: false });
    gang(world, 'low', 1);
    run(world);
    gang(world, 'high', 1, { priorityClassName: 'high', createdMs: 1 });
    expect(evicted(world)).to.deep.equal(['ns/low-0']);
    world.snapshot.removeTask('uid-low-0');
    world.snapshot.claims.facts.claims.delete('ns/low-0');
    // It could have a device, and is asked first.
    gang(world, 'late', 1, { priorityClassName: 'high' });
    const { placed, refused } = world.cycle();
    expect(Object.keys(placed)).to.deep.equal(['high-0']);
    expect(refused['late']).to.match(/quota of DeviceClass gpu used 1 of 1, 1 more asked/);
  });

  for (const [name, policy] of Object.entries({ proportion: DEFAULT_POLICY, capacity: CAPACITY })) {
    it(`are kept free where they are guaranteed, with ${name}`, () => {
      const world = worldOf([4], policy)
        .queue('q')
        .queue('p', { guarantee: new Map([[DEVICES, 2]]) });
      for (const each of ['a', 'b', 'c', 'd']) gang(world, each, 1);
      const { placed, refused } = world.cycle();
      expect(Object.keys(placed)).to.deep.equal(['a-0', 'b-0']);
      expect(refused['d']).to.match(/^QueueLimit: queue q leaves .* guaranteed to others: 1 asked, 2 kept free/);
      gang(world, 'e', 2, { queue: 'p' });
      expect(Object.keys(world.cycle().placed)).to.deep.equal(['e-0', 'e-1']);
    });
  }

  it('decide who comes first where they are deserved', () => {
    const world = worldOf([3], CAPACITY)
      .queue('p', { deserved: new Map([[DEVICES, 4]]) })
      .queue('q', { deserved: new Map([[DEVICES, 2]]) });
    gang(world, 'a', 1);
    gang(world, 'b', 1, { queue: 'p' });
    world.cycle();
    gang(world, 'c', 1);
    gang(world, 'd', 1, { queue: 'p' });
    expect(Object.keys(world.cycle().placed)).to.deep.equal(['d-0']);
  });

  it('are taken back within the quota of the queue above where they are deserved', () => {
    const policy: SchedulerPolicy = { ...CAPACITY, actions: ['enqueue', 'allocate', 'reclaim'] };
    const world = worldOf([8], policy)
      .queue('above', limited({ [DEVICES]: 2 }))
      .queue('p', { parent: 'above', deserved: new Map([[DEVICES, 1]]) })
      .queue('q', { parent: 'above', deserved: new Map([[DEVICES, 1]]) });
    for (const each of ['a', 'b']) gang(world, each, 1);
    run(world);
    gang(world, 'c', 1, { queue: 'p' });
    expect(evicted(world)).to.have.lengthOf(1);
    expect(evicted(world)).to.have.lengthOf(0);
  });

  it('are never exceeded at any level, and equal a recount', () => {
    fc.assert(fc.property(cases, lives), { numRuns: RUNS });
  });
});

const QUEUES = ['top', 'left', 'right', 'leaf'] as const;
const PARENTS: Readonly<Record<string, string>> = { left: 'top', right: 'top', leaf: 'left' };
const asks = fc.record({ className: fc.constantFrom('gpu', 'gpu', 'tpu'), count: fc.integer({ min: 1, max: 3 }) });
const requests = fc.oneof(
  asks.map((ask) => makeRequest('r', ask)),
  fc.tuple(asks, asks).map(([a, b]) => makeRequest('r', { ...a, name: 'a' }, { ...b, name: 'b' })),
);
const cases = fc.record({
  policy: fc.constantFrom(DEFAULT_POLICY, CAPACITY),
  limits: fc.array(fc.record({ [DEVICES]: fc.nat(6), [OTHERS]: fc.nat(6) }, { requiredKeys: [] }), {
    minLength: QUEUES.length,
    maxLength: QUEUES.length,
  }),
  shared: fc.array(requests, { minLength: 1, maxLength: 3 }),
  groups: fc.array(
    fc.record({
      queue: fc.constantFrom(...QUEUES),
      pods: fc.integer({ min: 1, max: 3 }),
      request: requests,
      uses: fc.option(fc.nat(2), { freq: 2 }),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  ends: fc.array(fc.nat(20), { maxLength: 6 }),
  moved: fc.option(fc.constantFrom('top', 'right', ''), { freq: 3 }),
});

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

function lives({ policy, limits, shared, groups, ends, moved }: Case): void {
  const world = worldOf([4, 4, 2], policy);
  const declare = (name: string, at: number, parent = PARENTS[name] ?? ''): void => {
    world.queue(name, limited(limits[at] as Record<string, number>, { parent }));
  };
  QUEUES.forEach((name, at) => declare(name, at));
  shared.forEach((request, at) => claim(world, `shared${at}`, request));
  groups.forEach(({ queue, pods, request, uses }, at) => {
    const names = uses === null ? [] : [`ns/shared${uses % shared.length}`];
    gang(world, `g${at}`, pods, { queue, request, shared: names });
  });
  world.cycle();
  judge(world, true);
  const placed = [...world.snapshot.tasks.values()].filter(({ nodeName }) => nodeName !== '');
  for (const end of ends) {
    const task = placed[end];
    if (task !== undefined) world.snapshot.removeTask(task.uid);
  }
  if (moved !== null) declare('leaf', 3, moved);
  world.cycle();
  judge(world, moved === null);
}

/** Claims of placed pods, counted plainly; a queue that was hung elsewhere may hold more than it could have taken there. */
function judge({ snapshot }: SchedulerWorld, isSteady: boolean): void {
  const placed = [...snapshot.tasks.values()].filter(({ nodeName }) => nodeName !== '');
  for (const queue of snapshot.queues.values()) {
    const users = placed.filter(({ job }) => job?.queue !== undefined && isWithin(job.queue, queue));
    const claims = new Set(users.flatMap(({ record }) => record.deviceClaims.map(({ key }) => key)));
    for (const [name, limit] of queue.record.capability ?? []) {
      const [className = ''] = name.split('.');
      const sum = [...claims].reduce((all, key) => all + devicesOf(snapshot, key, className), 0);
      expect(queue.heldWithin(snapshot.resources.intern(name)), `${queue.name} ${name}`).to.equal(sum);
      if (isSteady) expect(sum, `${queue.name} ${name}`).to.be.at.most(limit);
    }
  }
}

function devicesOf(snapshot: SchedulerWorld['snapshot'], key: string, className: string): number {
  const made = snapshot.claims.facts.claims.get(key);
  const user = [...snapshot.tasks.values()].find(({ record, nodeName }) => {
    return nodeName !== '' && record.deviceClaims.some((one) => one.key === key);
  });
  if (made === undefined || user === undefined) return 0;
  const chosen = snapshot.claims.choicesOf(user).find((choice) => choice.claim === key);
  const given = chosen?.allocation.devices ?? [];
  return given.filter(({ request }) => {
    const [name, alternative = ''] = request.split('/');
    const ask = made.requests.find((one) => one.name === name)?.asks.find((one) => one.name === alternative);
    return ask?.className === className;
  }).length;
}

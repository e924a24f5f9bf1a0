import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { ActionName, SchedulerPolicy } from '../../../src/config/policy.ts';
import { evictionsOf, LivingWorld } from '../../support/living-world.ts';
import { makePod, makePodGroup, makeShape } from '../../support/records.ts';
import { amounts } from '../../support/scheduler-world.ts';

/** A group of pods of one CPU each; every pod can start alone. */
interface Asked {
  readonly user: string;
  readonly namespace: string;
  readonly name: string;
  readonly waits?: number;
  readonly runs?: number;
}

/** `isFirst`: users come before what gang says of groups that have not begun. */
function policy(actions: readonly ActionName[] = [], isFirst = false): SchedulerPolicy {
  const drf = { ...plugin('drf'), arguments: new Map([['drf.userOrder', true]]) };
  return {
    ...DEFAULT_POLICY,
    actions: ['enqueue', 'allocate', 'backfill', ...actions],
    tiers: [
      [...(isFirst ? [drf] : []), plugin('priority'), plugin('gang'), plugin('conformance')],
      [...(isFirst ? [] : [drf]), plugin('predicates'), plugin('proportion')],
    ],
  };
}

function cluster(cpus: number, which = policy()): LivingWorld {
  return new LivingWorld(which).node('n1', amounts(cpus)) as LivingWorld;
}

function submit(on: LivingWorld, { user, namespace, name, waits = 0, runs = 0 }: Asked): void {
  const key = `${namespace}/${name}`;
  const phase = runs > 0 ? 'Running' : '';
  on.snapshot.upsertJob(makePodGroup(name, 1, { key, namespace, queue: 'default', submitter: user, phase }));
  for (let i = 0; i < waits + runs; i += 1) {
    const pod = `${namespace}-${name}-${i}`;
    const at = i < runs ? { nodeName: 'n1', phase: 'Running' as const } : {};
    on.snapshot.upsertTask(makePod(pod, name, makeShape(amounts(1)), { key: `${namespace}/${pod}`, namespace, ...at }));
  }
}

/** CPUs that each user holds; the work of nobody counts for its namespace. */
function held(on: LivingWorld): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const job of on.snapshot.jobs.values()) {
    const owner = job.record.submitter === '' ? `of ${job.record.namespace}` : job.record.submitter;
    sums.set(owner, (sums.get(owner) ?? 0) + job.placed());
  }
  return sums;
}

describe('the order of users within a queue', () => {
  const cases: readonly (readonly [string, readonly Asked[], Readonly<Record<string, number>>])[] = [
    [
      'gives two users the same, however many groups they have',
      [
        { user: 'ann', namespace: 'one', name: 'a', waits: 12 },
        { user: 'ann', namespace: 'one', name: 'b', waits: 12 },
        { user: 'ann', namespace: 'one', name: 'c', waits: 12 },
        { user: 'bob', namespace: 'one', name: 'd', waits: 12 },
      ],
      { ann: 6, bob: 6 },
    ],
    [
      'counts what a user has in all namespaces',
      [
        { user: 'ann', namespace: 'one', name: 'a', waits: 12 },
        { user: 'ann', namespace: 'two', name: 'b', waits: 12 },
        { user: 'bob', namespace: 'two', name: 'c', waits: 12 },
      ],
      { ann: 6, bob: 6 },
    ],
    [
      'takes the work of nobody as that of its namespace',
      [
        { user: '', namespace: 'one', name: 'a', waits: 12 },
        { user: '', namespace: 'two', name: 'b', waits: 12 },
        { user: 'ann', namespace: 'one', name: 'c', waits: 12 },
      ],
      { 'of one': 4, 'of two': 4, ann: 4 },
    ],
    [
      'gives what nobody else asks for to who asks',
      [
        { user: 'ann', namespace: 'one', name: 'a', waits: 2 },
        { user: 'bob', namespace: 'one', name: 'b', waits: 12 },
      ],
      { ann: 2, bob: 10 },
    ],
  ];
  for (const [name, groups, want] of cases) {
    it(name, () => {
      const on = cluster(12);
      for (const group of groups) submit(on, group);
      on.live();
      expect(Object.fromEntries(held(on))).to.deep.equal(want);
    });
  }

  it('counts what a group holds for the user that is verified by now', () => {
    const on = cluster(6, policy([], true));
    submit(on, { user: '', namespace: 'one', name: 'a', runs: 6 });
    submit(on, { user: 'ann', namespace: 'two', name: 'b', waits: 12 });
    submit(on, { user: 'bob', namespace: 'two', name: 'c', waits: 12 });
    on.cycle();
    const record = on.snapshot.jobs.get('one/a')?.record;
    if (record === undefined) throw new Error('the group is gone');
    for (const submitter of ['bob', '', 'ann']) {
      on.snapshot.upsertJob({ ...record, submitter });
      on.cycle();
    }
    on.node('n2', amounts(6));
    on.live();
    expect(Object.fromEntries(held(on))).to.deep.equal({ ann: 6, bob: 6 });
  });

  it('lets nobody go for a group whose user does not hold less', () => {
    for (const [user, other, count] of [
      ['ann', 'one/b', 0],
      ['bob', 'one/a', 1],
    ] as const) {
      const on = cluster(12, policy(['preempt']));
      submit(on, { user: 'ann', namespace: 'one', name: 'a', runs: 10 });
      submit(on, { user: 'bob', namespace: 'one', name: 'b', runs: 2 });
      submit(on, { user, namespace: 'one', name: 'c', waits: 1 });
      expect(evictionsOf(on.cycle()).filter(({ group }) => group === other).length, user).to.equal(count);
    }
  });

  it('leaves nobody who waits more than one pod behind anybody else', () => {
    const asked = fc.record({
      user: fc.constantFrom('ann', 'bob', 'eve', ''),
      namespace: fc.constantFrom('one', 'two'),
      waits: fc.integer({ min: 1, max: 9 }),
    });
    let full = 0;
    fc.assert(
      fc.property(fc.array(asked, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 20 }), (groups, cpus) => {
        const on = cluster(cpus, policy([], true));
        groups.forEach((group, i) => submit(on, { ...group, name: `g${i}` }));
        on.live();
        const has = held(on);
        const wants = new Map<string, number>();
        for (const { user, namespace, waits } of groups) {
          const owner = user === '' ? `of ${namespace}` : user;
          wants.set(owner, (wants.get(owner) ?? 0) + waits);
        }
        const all = [...wants.values()].reduce((sum, each) => sum + each, 0);
        expect([...has.values()].reduce((sum, each) => sum + each, 0)).to.equal(Math.min(cpus, all));
        for (const [owner, want] of wants) {
          const own = has.get(owner) ?? 0;
          if (own < want) for (const other of has.values()) expect(other - own).to.be.at.most(1);
        }
        if (all > cpus && wants.size > 1) full += 1;
      }),
      { numRuns: Number(process.env['SLUICE_RUNS'] ?? 300), seed: Number(process.env['SLUICE_SEED'] ?? 2) },
    );
    expect(full).to.be.greaterThan(50);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import type { QuotaScope, ResourceQuotaRecord } from '../../../src/api/records/resource-quota-record.ts';
import type { PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { makeQuota } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const POLICY: SchedulerPolicy = {
  ...DEFAULT_POLICY,
  tiers: [[plugin('gang'), plugin('resourcequota')], ...DEFAULT_POLICY.tiers.slice(1)],
};

/** Room of a gang whose first pod asks for nothing, and whose others are still to be made. */
function room(cpus: number, overrides: Partial<PodGroupRecord> = {}): Partial<PodGroupRecord> {
  return { minResources: new Map([['cpu', cpus * 1000]]), ...overrides };
}

/** A gang of two whose first pod is there, and asks for nothing. */
function begun(made: SchedulerWorld, name: string, overrides: Partial<PodGroupRecord>): SchedulerWorld {
  const { namespace = 'ns', priorityClassName = '' } = overrides;
  return made.group(name, 2, overrides).pods(name, { count: 1, namespace, priorityClassName });
}

function world(...quotas: readonly ResourceQuotaRecord[]): SchedulerWorld {
  const made = new SchedulerWorld(POLICY).nodes(4, amounts(16, 0, 8));
  for (const each of quotas) made.snapshot.quotas.upsert(each);
  return made;
}

describe('resourcequota', () => {
  const ASKED = {
    minResources: new Map([
      ['cpu', 4000],
      ['nvidia.com/gpu', 2],
    ]),
    priorityClassName: 'high',
  };
  const scope = (name: string, operator = 'Exists', ...values: readonly string[]): QuotaScope => ({
    scope: name,
    operator,
    values,
  });
  const FULL: Parameters<typeof makeQuota>[1] = { cpu: [1000, 4000] };
  const CASES: readonly (readonly [string, readonly ResourceQuotaRecord[], string])[] = [
    ['lets a group in without any quota', [], 'in'],
    [
      'lets a group in that fits exactly',
      [makeQuota('q', { cpu: [4000, 8000], 'requests.nvidia.com/gpu': [0, 2] })],
      'in',
    ],
    [
      'keeps a group out that does not fit beside what is used',
      [makeQuota('q', { 'requests.cpu': [5000, 8000] })],
      'WaitingForQuota: PodGroup ns/g waits for room in ResourceQuota ns/q: requests.cpu 4 asked, 5 used and 0 promised of 8.',
    ],
    [
      'counts extended resources',
      [makeQuota('q', { 'requests.nvidia.com/gpu': [7, 8] })],
      'WaitingForQuota: PodGroup ns/g waits for room in ResourceQuota ns/q: requests.nvidia.com/gpu 2 asked, 7 used and 0 promised of 8.',
    ],
    [
      'takes the minimum of the gang for its number of pods, less those that are there',
      [makeQuota('q', { 'count/pods': [4, 4] })],
      'WaitingForQuota: PodGroup ns/g waits for room in ResourceQuota ns/q: count/pods 1 asked, 4 used and 0 promised of 4.',
    ],
    [
      'says which group can never fit, although another quota would have it wait',
      [makeQuota('q', { cpu: [5000, 8000] }), makeQuota('r', { cpu: [0, 3000] })],
      'NeverFits: PodGroup ns/g cannot start as things are: its minimum is cpu 4, and ResourceQuota ns/r allows 3 in all. It waits until its minimum or the quota changes.',
    ],
    ['leaves what it does not ask for alone', [makeQuota('q', { memory: [9, 8] })], 'in'],
    [
      'minds a quota for its priority class',
      [makeQuota('q', FULL, [scope('PriorityClass', 'In', 'high')])],
      'WaitingForQuota',
    ],
    ['minds no quota for other classes', [makeQuota('q', FULL, [scope('PriorityClass', 'NotIn', 'high')])], 'in'],
    ['minds no quota for pods without a class', [makeQuota('q', FULL, [scope('PriorityClass', 'DoesNotExist')])], 'in'],
    ['minds a quota for pods with any class', [makeQuota('q', FULL, [scope('PriorityClass')])], 'WaitingForQuota'],
    ['minds no quota for pods that ask for nothing', [makeQuota('q', { pods: [5, 5] }, [scope('BestEffort')])], 'in'],
    [
      'minds a quota for pods that ask for something',
      [makeQuota('q', FULL, [scope('NotBestEffort')])],
      'WaitingForQuota',
    ],
    [
      'leaves a quota whose scope only a pod tells to the API server',
      [makeQuota('q', FULL, [scope('Terminating')])],
      'in',
    ],
  ];
  for (const [name, quotas, want] of CASES) {
    it(name, () => {
      const made = begun(world(...quotas), 'g', ASKED);
      const { refused } = withoutAmbient(() => made.cycle());
      if (want === 'in') expect(made.phase('g')).to.equal('Inqueue');
      else expect(refused['g']).to.match(new RegExp(`^${want.replaceAll(/[.()]/g, '\\$&')}`));
    });
  }

  it('lets a group in that says nothing of what it needs', () => {
    const made = begun(world(makeQuota('q', { cpu: [8, 8] })), 'g', {});
    made.cycle();
    expect(made.phase('g')).to.equal('Inqueue');
  });

  it('counts pods that exist as used, and not once more as asked', () => {
    const made = world(makeQuota('q', { cpu: [8000, 8000] })).gang('g', { count: 2, requests: amounts(4) }, room(8));
    expect(Object.keys(made.cycle().placed)).to.deep.equal(['g-0', 'g-1']);
  });

  it('asks a group that has some of its pods for the rest alone', () => {
    const made = world(makeQuota('q', { cpu: [4000, 8000] })).group('g', 2, room(8));
    made.pods('g', { count: 1, requests: amounts(4) }).cycle();
    expect(made.phase('g')).to.equal('Inqueue');
  });

  it('tells a group that never fits so although some of its pods exist', () => {
    const made = world(makeQuota('q', { cpu: [4000, 7000] })).group('g', 2, room(8));
    expect(made.pods('g', { count: 1, requests: amounts(4) }).cycle().refused['g']).to.match(/^NeverFits.* cpu 8, /);
  });

  it('promises what groups are let in for, until their pods exist', () => {
    const made = world(makeQuota('q', { cpu: [2000, 8000] }));
    begun(begun(made, 'a', room(4, { createdMs: 1 })), 'b', room(4, { createdMs: 2 }));
    expect(made.cycle().refused['b']).to.equal(
      'WaitingForQuota: PodGroup ns/b waits for room in ResourceQuota ns/q: cpu 4 asked, 2 used and 4 promised of 8.',
    );
    expect(made.cycle().refused['b']).to.contain('2 used and 4 promised');
    made.pods('a', { count: 1, requests: amounts(4), prefix: 'second' });
    made.snapshot.quotas.upsert(makeQuota('q', { cpu: [6000, 8000] }));
    expect(made.cycle().refused['b']).to.contain('6 used and 0 promised');
    made.snapshot.quotas.upsert(makeQuota('q', { cpu: [6000, 10_000] }));
    made.cycle();
    expect(made.phase('b')).to.equal('Inqueue');
  });

  it('counts what is promised in other queues of the namespace, and nothing of other namespaces', () => {
    const made = world(makeQuota('q', { cpu: [0, 4000] })).queue('other');
    begun(begun(made, 'a', room(4, { queue: 'other', createdMs: 1 })), 'b', room(4, { createdMs: 2 }));
    begun(made, 'c', room(4, { key: 'there/c', namespace: 'there', createdMs: 3 }));
    expect(Object.keys(made.cycle().refused)).to.include('b');
    expect(made.snapshot.jobs.get('there/c')?.phase).to.equal('Inqueue');
  });

  it('gives what a group was promised that lacks pods for long to others', () => {
    const made = world(makeQuota('q', { cpu: [0, 4000] }));
    begun(begun(made, 'a', room(4, { createdMs: 1 })), 'b', room(4, { createdMs: 2 })).cycle();
    made.nowMs = 60_000;
    made.cycle();
    expect(made.phase('b')).to.equal('Inqueue');
  });

  it('promises nothing to a group that runs with less than it asked for', () => {
    const made = world(makeQuota('q', { cpu: [2000, 8000] })).group('a', 2, room(8, { phase: 'Running' }));
    for (const name of ['a-0', 'a-1']) made.running(name, 'a', 'n1', { requests: amounts(1) });
    begun(made, 'b', room(4, { createdMs: 1 })).cycle();
    expect(made.phase('b')).to.equal('Inqueue');
  });

  it('does not hide who is kept out by a plugin of a later tier', () => {
    const made = world(makeQuota('q', { cpu: [0, 8000] })).queue('small', { capability: new Map([['cpu', 2000]]) });
    made.gang('g', { count: 4, requests: amounts(1) }, room(4, { queue: 'small' }));
    expect(made.cycle().refused['g']).to.match(/^NeverFits/);
  });

  it('asks nobody again while neither quotas nor promises changed', () => {
    const made = world(makeQuota('q', { cpu: [0, 4000] }));
    begun(begun(made, 'a', room(4, { createdMs: 1 })), 'b', room(4, { createdMs: 2 }));
    made.cycle();
    const queue = made.snapshot.queues.get('default');
    if (queue === undefined) throw new Error('Cannot ask: there is no queue');
    made.cycle();
    const before = made.scheduler.framework.entry.stamp(queue);
    made.snapshot.quotas.upsert(makeQuota('q', { cpu: [0, 4000] }));
    made.cycle();
    expect(made.scheduler.framework.entry.stamp(queue)).to.equal(before);
    made.snapshot.quotas.remove({ namespace: 'ns', key: 'ns/q' });
    made.cycle();
    expect(made.phase('b')).to.equal('Inqueue');
  });

  it('asks nobody again for a quota that makes no difference to those who wait', () => {
    const made = world(makeQuota('q', { cpu: [0, 4000] })).queue('small', { capability: new Map([['cpu', 1000]]) });
    for (const name of ['a', 'b']) made.gang(name, { count: 1, requests: amounts(1) }, room(1, { queue: 'small' }));
    made.cycle();
    const queue = made.snapshot.queues.get('small');
    if (queue === undefined) throw new Error('Cannot ask: there is no queue');
    made.cycle();
    const before = made.scheduler.framework.entry.stamp(queue);
    made.snapshot.quotas.upsert(makeQuota('q', { cpu: [1000, 4000] }));
    made.cycle();
    expect(made.scheduler.framework.entry.stamp(queue)).to.equal(before);
  });

  it('promises no quota more than it has, and keeps nobody out who fits', () => {
    const cpus = fc.integer({ min: 1, max: 6 });
    const group = fc.record({ cpus, queue: fc.constantFrom('default', 'other'), hasPod: fc.boolean() });
    fc.assert(
      fc.property(fc.array(group, { maxLength: 8 }), fc.nat(20), (groups, free) => {
        const used = groups.reduce((sum, each) => sum + (each.hasPod ? each.cpus : 0), 0);
        const made = world(makeQuota('q', { cpu: [used * 1000, (used + free) * 1000] })).queue('other');
        groups.forEach(({ cpus: wants, queue, hasPod }, i) => {
          begun(made, `g${i}`, room(wants, { queue, createdMs: i }));
          if (hasPod) made.pods(`g${i}`, { count: 1, requests: amounts(wants), prefix: `h${i}` });
        });
        const { refused } = made.cycle();
        const kept = groups.filter((_, i) => refused[`g${i}`]?.startsWith('Waiting') === true);
        const isKept = new Set(kept);
        const promised = groups.reduce(
          (sum, each, i) =>
            sum +
            (each.hasPod || isKept.has(each) || refused[`g${i}`]?.startsWith('NeverFits') === true ? 0 : each.cpus),
          0,
        );
        expect(promised).to.be.at.most(free);
        expect(kept.filter((each) => each.hasPod || each.cpus + promised <= free)).to.deep.equal([]);
      }),
    );
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import type { LabelPairs } from '../../../src/api/records/label-selector.ts';
import type { ActionName } from '../../../src/config/policy.ts';
import { asks, evicted, evictions, leave, policy, runs, WHOLE_GANGS_GO, world } from '../../support/evicting-world.ts';
import { makeBudget, makePod, makeShape } from '../../support/records.ts';
import { amounts } from '../../support/scheduler-world.ts';
import type { SchedulerWorld } from '../../support/scheduler-world.ts';

const APP: LabelPairs = ['app', 'a'];
const OTHER: LabelPairs = ['tier', 'x'];
/** One of its pods is enough for it. */
const ELASTIC = { minMember: 1 };

/** A budget `b` of namespace `ns` for the pods labelled `app`. */
function allows(on: SchedulerWorld, allowed: number, name = 'b'): void {
  on.snapshot.budgets.upsert(makeBudget(name, allowed));
}

describe('evictions under disruption budgets', () => {
  it('are not asked for when the budget allows none, and who waits is told which budget it is', () => {
    const on = world(policy('preempt'));
    runs(on, 'a', { n1: 4 }, ELASTIC, APP);
    allows(on, 0);
    asks(on, 'b', 2);
    const outcome = on.cycle();
    expect(evicted(outcome)).to.deep.equal([]);
    expect(outcome.refused['b']).to.match(
      /^NotEnoughResources: .* Pods that could go for it are kept by PodDisruptionBudget ns\/b\.$/,
    );
    expect(on.cycle().refused['b']).to.equal(outcome.refused['b']);
  });

  it('begin once the budget is gone', () => {
    const on = world(policy('preempt'));
    runs(on, 'a', { n1: 4 }, ELASTIC, APP);
    allows(on, 0);
    asks(on, 'b', 2);
    on.cycle();
    on.snapshot.budgets.remove({ namespace: 'ns', key: 'ns/b' });
    expect(evicted(on.cycle())).to.deep.equal(['a-2', 'a-3']);
  });

  it('name no budget to who would get nothing without it either', () => {
    const on = world(policy('preempt'));
    runs(on, 'a', { n1: 4 }, { minMember: 1, priorityClassName: 'higher' }, APP);
    allows(on, 0);
    asks(on, 'b', 2);
    expect(on.cycle().refused['b']).to.not.include('PodDisruptionBudget');
  });

  it('take others than those that the budget keeps', () => {
    const on = world(policy('preempt'));
    runs(on, 'a', { n1: 2 }, { minMember: 1, createdMs: 9 }, APP);
    runs(on, 'c', { n1: 2 }, ELASTIC, OTHER);
    allows(on, 0);
    asks(on, 'b', 1);
    expect(evicted(on.cycle())).to.deep.equal(['c-1']);
  });

  it('take no more of the pods of a budget than it allows, and the rest from others, although those are more important', () => {
    const on = world(policy('preempt'));
    runs(on, 'a', { n1: 2 }, { minMember: 0 }, APP);
    runs(on, 'c', { n1: 2 }, { minMember: 0, priorityClassName: 'high' }, OTHER);
    allows(on, 1);
    asks(on, 'b', 2, { priorityClassName: 'higher' });
    expect(evicted(on.cycle())).to.deep.equal(['a-1', 'c-1']);
  });

  it('spare first, for one pod that needs the room of two, what is too much for the budget', () => {
    const on = world(policy('preempt'));
    runs(on, 'a', { n1: 2 }, { minMember: 0 }, APP);
    runs(on, 'c', { n1: 2 }, { minMember: 0, priorityClassName: 'high' }, OTHER);
    allows(on, 1);
    asks(on, 'b', 1, { priorityClassName: 'higher' }, amounts(2));
    expect(evicted(on.cycle())).to.deep.equal(['a-1', 'c-1']);
  });

  it('leave to others what was only thought of for a gang that came to nothing', () => {
    const on = world(policy('preempt'), 2);
    runs(on, 'a', { n1: 4, n2: 4 }, ELASTIC, APP);
    allows(on, 3);
    asks(on, 'b', 4, { createdMs: -1 });
    asks(on, 'c', 3);
    const outcome = on.cycle();
    expect(evicted(outcome)).to.have.length(3);
    expect(outcome.refused['b']).to.match(/^NotEnoughResources/);
  });

  it('take the one that makes enough room when only one may go', () => {
    const on = world(policy('preempt')).node('n1', amounts(4));
    on.group('a', 0, { priorityClassName: 'low', phase: 'Running' });
    on.running('small', 'a', 'n1', { requests: amounts(1), labels: APP, createdMs: 9 });
    on.running('large', 'a', 'n1', { requests: amounts(3), labels: APP });
    allows(on, 1);
    asks(on, 'b', 1, {}, amounts(3));
    expect(evicted(on.cycle())).to.deep.equal(['large']);
  });

  it('count over all nodes and all who ask in one cycle', () => {
    const on = world(policy('preempt'), 2);
    runs(on, 'a', { n1: 4, n2: 4 }, ELASTIC, APP);
    allows(on, 3);
    asks(on, 'b', 2);
    asks(on, 'c', 2);
    const first = on.cycle();
    expect(evicted(first)).to.have.length(2);
    expect(first.refused['c']).to.include('ns/b');
  });

  it('take nobody for a gang that would need one more than the budget allows', () => {
    const on = world(policy('preempt'), 2);
    runs(on, 'a', { n1: 4, n2: 4 }, ELASTIC, APP);
    allows(on, 3);
    asks(on, 'b', 4);
    expect(evicted(on.cycle())).to.deep.equal([]);
  });

  it('count what was told to go before and has not left, and go on once the budget has recovered', () => {
    const on = world(policy('preempt'));
    runs(on, 'a', { n1: 4 }, ELASTIC, APP);
    allows(on, 1);
    asks(on, 'b', 1);
    const first = on.cycle();
    expect(evicted(first)).to.deep.equal(['a-3']);
    asks(on, 'c', 1);
    expect(evicted(on.cycle())).to.deep.equal([]);
    allows(on, 0);
    leave(on, first);
    const second = on.cycle();
    expect([second.placed, evicted(second)]).to.deep.equal([{ 'b-0': 'n1' }, []]);
    allows(on, 1);
    expect(evicted(on.cycle())).to.deep.equal(['a-2']);
  });

  it('count a pod that stays after all for nothing', () => {
    const on = world(policy('preempt'));
    runs(on, 'a', { n1: 4 }, ELASTIC, APP);
    allows(on, 1);
    asks(on, 'b', 1);
    on.cycle();
    on.snapshot.forget('uid-a-3');
    expect(evicted(on.cycle())).to.have.length(1);
  });

  it('take a pod that two budgets share never', () => {
    const on = world(policy('preempt'));
    runs(on, 'a', { n1: 4 }, ELASTIC, APP);
    allows(on, 9);
    allows(on, 9, 'c');
    asks(on, 'b', 1);
    const outcome = on.cycle();
    expect(evicted(outcome)).to.deep.equal([]);
    expect(outcome.refused['b']).to.include('PodDisruptionBudget ns/b and ns/c.');
  });

  for (const [allowed, want] of [
    [3, []],
    [4, ['a-0', 'a-1', 'a-2', 'a-3']],
  ] as const) {
    it(`break a gang of four ${allowed === 4 ? '' : 'not '}when the budget allows ${allowed}, whatever the node of its pods`, () => {
      const on = world(policy('preempt', WHOLE_GANGS_GO), 2);
      runs(on, 'a', { n1: 2, n2: 2 }, {}, APP);
      runs(on, 'z', { n1: 2, n2: 2 }, { priorityClassName: 'higher' });
      allows(on, allowed);
      asks(on, 'b', 1);
      expect(evicted(on.cycle())).to.deep.equal(want);
    });
  }

  it('break the gang that may go, and not the one that may not', () => {
    const on = world(policy('preempt', WHOLE_GANGS_GO));
    runs(on, 'a', { n1: 2 }, {}, APP);
    runs(on, 'c', { n1: 2 }, { priorityClassName: 'high' }, OTHER);
    allows(on, 1);
    asks(on, 'b', 1, { priorityClassName: 'higher' });
    expect(evicted(on.cycle())).to.deep.equal(['c-0', 'c-1']);
  });

  it('do not take a pod that was refused not long ago', () => {
    const on = world(policy('preempt'));
    runs(on, 'a', { n1: 4 }, ELASTIC);
    asks(on, 'b', 1);
    const spared = new Set(['uid-a-3']);
    const decisions = [...on.scheduler.cycle({ nowMs: 0, spared })];
    expect(decisions.filter(({ kind }) => kind === 'evict')).to.have.length(1);
    expect(decisions.find((decision) => decision.kind === 'evict')).to.have.property('pod', 'ns/a-2');
  });

  it('take a pod that has not begun to run, whatever its budget says', () => {
    const on = world(policy('preempt'));
    on.group('a', 0, { priorityClassName: 'low', phase: 'Running' });
    on.snapshot.upsertTask(makePod('a-0', 'a', makeShape(amounts(4)), { labels: APP, nodeName: 'n1' }));
    allows(on, 0);
    asks(on, 'b', 1);
    expect(evicted(on.cycle())).to.deep.equal(['a-0']);
  });

  it('are told to each of many groups that are alike', () => {
    const on = world(policy('preempt'));
    runs(on, 'a', { n1: 4 }, ELASTIC, APP);
    allows(on, 0);
    for (const name of ['b', 'c', 'd']) asks(on, name, 1);
    const { refused } = on.cycle();
    for (const name of ['b', 'c', 'd']) expect(refused[name]).to.include('PodDisruptionBudget ns/b.');
  });

  const labels = fc.constantFrom<LabelPairs>([], APP, OTHER, [...APP, ...OTHER]);
  const group = fc.record({
    places: fc.record({ n1: fc.nat(2), n2: fc.nat(2), n3: fc.nat(2) }),
    min: fc.nat(4),
    priorityClassName: fc.constantFrom('low', 'high'),
    labels,
  });
  const setting = fc.record({
    groups: fc.array(group, { minLength: 1, maxLength: 3 }),
    asking: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
    action: fc.constantFrom<ActionName>('preempt', 'gangpreempt'),
    isWhole: fc.boolean(),
  });
  type Setting = typeof setting extends fc.Arbitrary<infer T> ? T : never;

  function filled({ groups, asking, action, isWhole }: Setting): SchedulerWorld {
    const on = world(isWhole ? policy(action, WHOLE_GANGS_GO) : policy(action), 3);
    groups.forEach(({ places, min, priorityClassName, labels: own }, i) =>
      runs(on, `g${i}`, places, { minMember: min, priorityClassName }, own),
    );
    asking.forEach((count, i) => asks(on, `asks-${i}`, count, { priorityClassName: 'higher' }, amounts(2)));
    return on;
  }

  it('never draw more on a budget than it allows, nor take a pod of two, nor go on with what is on its way, whatever runs', () => {
    fc.assert(
      fc.property(setting, fc.nat(4), fc.nat(4), (given, app, tier) => {
        const on = filled(given);
        allows(on, app);
        const selector = [{ key: 'tier', operator: 'Exists' as const, values: [] }];
        on.snapshot.budgets.upsert(makeBudget('t', tier, { selector }));
        const gone: LabelPairs[] = [];
        for (let cycle = 0; cycle < 3; cycle += 1) {
          for (const { uid } of evictions(on.cycle().decisions))
            gone.push(on.snapshot.tasks.get(uid)?.record.labels ?? []);
        }
        const drawn = (key: string): number => gone.filter((own) => own.includes(key)).length;
        expect(drawn('app')).to.be.at.most(app);
        expect(drawn('tier')).to.be.at.most(tier);
        expect(gone.filter((own) => own.length > 2)).to.deep.equal([]);
      }),
    );
  });

  it('are the same as without budgets where these allow plenty', () => {
    fc.assert(
      fc.property(setting, (given) => {
        const [plain, minded] = [filled(given), filled(given)];
        minded.snapshot.budgets.upsert(makeBudget('b', 99, { selector: [] }));
        expect(minded.cycle().decisions).to.deep.equal(plain.cycle().decisions);
      }),
    );
  });
});

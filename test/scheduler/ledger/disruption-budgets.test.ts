import { expect } from 'chai';
import fc from 'fast-check';
import type { DisruptionBudgetRecord } from '../../../src/api/records/disruption-budget-record.ts';
import { selects } from '../../../src/api/records/label-selector.ts';
import type { LabelPairs, LabelRequirement } from '../../../src/api/records/label-selector.ts';
import { DisruptionBudgets } from '../../../src/scheduler/ledger/disruption-budgets.ts';
import type { Task } from '../../../src/scheduler/model/task.ts';
import { makeBudget, makePod, makeShape } from '../../support/records.ts';
import { SchedulerWorld } from '../../support/scheduler-world.ts';

const APP: LabelPairs = ['app', 'a'];

/** Running pods `p-0`, `p-1` ... with these labels. */
function tasks(labels: readonly LabelPairs[], overrides = {}): Task[] {
  const world = new SchedulerWorld().group('g', 1);
  labels.forEach((own, i) => world.running(`p-${i}`, 'g', 'n1', { labels: own, ...overrides }));
  return [...world.snapshot.tasks.values()];
}

function budgets(...records: readonly DisruptionBudgetRecord[]): DisruptionBudgets {
  const made = new DisruptionBudgets();
  for (const record of records) made.upsert(record);
  return made;
}

/** Asked one by one, no pod may be kept that may go with others. */
function allow(made: DisruptionBudgets, some: readonly Task[]): boolean {
  const all = made.overdraft(some).isNone;
  expect(all && some.some((task) => !made.allows(task))).to.equal(false);
  if (some.length === 1) expect(some.every((task) => made.allows(task))).to.equal(all);
  return all;
}

describe('disruption budgets', () => {
  it('let go as many of their pods at a time as they allow', () => {
    const [a, b, c] = tasks([APP, APP, APP]) as [Task, Task, Task];
    const made = budgets(makeBudget('b', 2));
    expect([allow(made, [a, b]), allow(made, [a, b, c])]).to.deep.equal([true, false]);
    expect(made.overdraft([a, b, c]).keys).to.deep.equal(['ns/b']);
  });

  it('have nothing to say of pods that they do not select, of other namespaces, and of pods that have not begun to run', () => {
    const made = budgets(makeBudget('b', 0));
    expect(allow(made, tasks([['tier', 'x']]))).to.equal(true);
    expect(allow(made, tasks([APP], { namespace: 'other' }))).to.equal(true);
    expect(allow(made, tasks([APP], { phase: 'Pending' }))).to.equal(true);
    expect(allow(made, tasks([APP]))).to.equal(false);
  });

  it('select pods without any label by an empty selector, and nobody by none', () => {
    expect(allow(budgets(makeBudget('b', 0, { selector: [] })), tasks([[]]))).to.equal(false);
    expect(allow(budgets(makeBudget('b', 0, { selector: undefined })), tasks([[]]))).to.equal(true);
  });

  it('that share a pod never let it go, as the API server would not', () => {
    const made = budgets(makeBudget('b', 5), makeBudget('c', 5));
    expect(made.overdraft(tasks([APP])).keys).to.deep.equal(['ns/b', 'ns/c']);
    made.remove({ namespace: 'ns', key: 'ns/c' });
    expect(allow(made, tasks([APP]))).to.equal(true);
  });

  it('count a pod that was told to go until it is seen leaving and they have said something since', () => {
    const [a, b] = tasks([APP, APP]) as [Task, Task];
    const made = budgets(makeBudget('b', 1));
    made.tell(a);
    expect(made.allows(b)).to.equal(false);
    made.upsert(makeBudget('b', 1));
    expect(made.allows(b), 'not seen leaving').to.equal(false);
    a.record = makePod('p-0', 'g', makeShape({}), { labels: APP, nodeName: 'n1', phase: 'Running', deleting: true });
    expect(made.allows(b)).to.equal(true);
  });

  it('count nobody who stays after all', () => {
    const [a, b] = tasks([APP, APP]) as [Task, Task];
    const made = budgets(makeBudget('b', 1));
    made.tell(a);
    made.untell(a);
    expect(made.allows(b)).to.equal(true);
  });

  it('are overdrawn less with each pod that stays', () => {
    const pods = tasks([APP, APP, APP, ['tier', 'x']]);
    const overdraft = budgets(makeBudget('b', 1)).overdraft(pods);
    expect(pods.map((task) => overdraft.hangsOn(task))).to.deep.equal([true, true, true, false]);
    overdraft.giveBack(pods.slice(0, 1));
    expect(overdraft.isNone).to.equal(false);
    overdraft.giveBack(pods.slice(1, 2));
    expect([overdraft.isNone, overdraft.hangsOn(pods[2] as Task)]).to.deep.equal([true, false]);
  });

  it('say what a plain recount says, whatever came in whatever order', () => {
    const selector = fc.constantFrom<readonly LabelRequirement[] | undefined>(
      undefined,
      [],
      [{ key: 'app', operator: 'In', values: ['a'] }],
      [{ key: 'tier', operator: 'DoesNotExist', values: [] }],
    );
    const step = fc.oneof(
      fc.record({ kind: fc.constant('upsert'), budget: fc.nat(2), allowed: fc.nat(3), selector }),
      fc.record({ kind: fc.constant('remove'), budget: fc.nat(2) }),
      fc.record({ kind: fc.constantFrom('tell', 'untell', 'leave'), pod: fc.nat(4) }),
    );
    const labels = fc.array(fc.constantFrom<LabelPairs>([], APP, ['app', 'a', 'tier', 'x']), {
      minLength: 5,
      maxLength: 5,
    });
    fc.assert(
      fc.property(labels, fc.array(step, { maxLength: 30 }), (own, steps) => {
        const pods = tasks(own);
        const made = new DisruptionBudgets();
        const plain = new PlainBudgets();
        for (const each of steps) {
          const pod = 'pod' in each ? pods[each.pod] : undefined;
          if (pod !== undefined && each.kind === 'tell') made.tell(pod);
          if (pod !== undefined && each.kind === 'untell') made.untell(pod);
          if (pod !== undefined && each.kind === 'leave') pod.record = leaving(pod);
          if (pod !== undefined) plain.pod(each.kind, pod);
          if (!('budget' in each)) continue;
          const key = `ns/b-${each.budget}`;
          if ('allowed' in each) {
            const record = makeBudget(`b-${each.budget}`, each.allowed, { selector: each.selector });
            made.upsert(record);
            plain.budgets.set(key, record);
          } else {
            made.remove({ namespace: 'ns', key });
            plain.remove(key);
          }
        }
        for (let size = 0; size <= pods.length; size += 1) {
          const some = pods.slice(0, size);
          expect(allow(made, some)).to.equal(plain.allow(some));
        }
      }),
    );
  });
});

function leaving({ record }: Task): Task['record'] {
  const { name, labels } = record;
  return makePod(name, 'g', makeShape({}), { labels, nodeName: 'n1', phase: 'Running', deleting: true });
}

/** The same without anything kept: who was told to go by which budget, when it said what. */
class PlainBudgets {
  readonly budgets = new Map<string, DisruptionBudgetRecord>();
  #told: { readonly key: string; readonly pod: Task; readonly record: DisruptionBudgetRecord }[] = [];

  pod(kind: string, pod: Task): void {
    if (kind === 'leave') return;
    const asked = kind === 'tell' ? this.#of(pod) : [];
    const keys = new Set(asked.map(({ key }) => key));
    this.#told = this.#told.filter((entry) => entry.pod !== pod || (kind === 'tell' && !keys.has(entry.key)));
    for (const record of asked) this.#told.push({ key: record.key, pod, record });
  }

  remove(key: string): void {
    this.budgets.delete(key);
    this.#told = this.#told.filter((entry) => entry.key !== key);
  }

  allow(pods: readonly Task[]): boolean {
    if (pods.some((pod) => this.#of(pod).length > 1)) return false;
    return [...this.budgets.values()].every((record) => {
      const wanted = pods.filter((pod) => this.#of(pod).includes(record)).length;
      const told = this.#told.filter(
        (entry) => entry.key === record.key && (entry.record === record || !entry.pod.record.deleting),
      ).length;
      return wanted === 0 || wanted + told <= record.allowed;
    });
  }

  #of({ record: { labels } }: Task): DisruptionBudgetRecord[] {
    return [...this.budgets.values()].filter(({ selector }) => selects(selector, labels));
  }
}

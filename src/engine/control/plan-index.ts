import { minMemberAt, parseGroupPlan } from '../../api/group-plan.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import { isOwnerless } from '../../controllers/pod-group/left-behind.ts';
import { isSameRoot } from '../../controllers/pod-group/plan-root.ts';
import type { PlanRoot } from '../../controllers/pod-group/plan-root.ts';
import { gatingTasks } from '../../controllers/pod-group/stage.ts';
import type { GrowingGroups } from '../growing-groups.ts';
import type { ControllerGroupEntries, GroupEntry } from './group-entry.ts';

interface IndexedPlan {
  readonly text: string;
  /** Entry that the root is filed under; a root whose plan cannot be read has one of its own. */
  readonly key: string;
  readonly queue: string;
  /** With all stages open. */
  readonly minMember: number;
  readonly gatingTasks: ReadonlySet<string>;
}

/** Files the objects that carry a plan under the group that they plan, and wakes the group when that may matter. */
export class ControllerPlanIndex {
  readonly #entries: ControllerGroupEntries;
  readonly #wake: (key: string) => void;
  readonly #growing: GrowingGroups;
  /** By UID of the root. */
  readonly #plans = new Map<string, IndexedPlan>();

  constructor(entries: ControllerGroupEntries, growing: GrowingGroups, wake: (key: string) => void) {
    this.#entries = entries;
    this.#growing = growing;
    this.#wake = wake;
  }

  /** One object came, changed or went; where both sides are given they have one UID. */
  change(before: PlanRoot | undefined, after: PlanRoot | undefined): void {
    if (after === undefined) this.#remove(before);
    else this.#set(before, after);
  }

  /** The group that the object of this UID plans may have to be looked at; nothing for one that plans none. */
  wake(uid: string): void {
    const known = this.#plans.get(uid);
    if (known !== undefined) this.#wake(known.key);
  }

  #remove(root: PlanRoot | undefined): void {
    const uid = root?.record.uid ?? '';
    const known = this.#plans.get(uid);
    this.#plans.delete(uid);
    if (known !== undefined) this.#unfile(known.key, uid);
  }

  #set(before: PlanRoot | undefined, after: PlanRoot): void {
    const { uid } = after.record;
    const known = this.#plans.get(uid);
    const plan = readPlan(after, known);
    if (known?.key !== plan?.key) this.#remove(after);
    if (plan === undefined) return;
    this.#plans.set(uid, plan);
    if (known !== undefined && known.minMember < plan.minMember) this.#growing.planned(plan.key, plan.minMember);
    const entry = this.#file(after, plan);
    const isNews = known?.text !== plan.text || (before !== undefined && !isSameRoot(before, after));
    if (isNews && !(known === undefined && isOneMore(after, entry))) this.#wake(plan.key);
  }

  #file(root: PlanRoot, plan: IndexedPlan): GroupEntry {
    return this.#entries.update(plan.key, (entry) => {
      entry.roots.set(root.record.uid, root);
      if (root.kind === 'object') entry.hasObjectRoot = true;
      entry.gatingTasks = plan.gatingTasks;
    });
  }

  #unfile(key: string, uid: string): void {
    const entry = this.#entries.update(key, (found) => {
      found.roots.delete(uid);
      if (found.roots.size > 0) return;
      found.gatingTasks = NO_TASKS;
      found.hasObjectRoot = false;
    });
    if (entry.roots.size === 0) this.#growing.forget(key);
    const { group } = entry;
    const needsLook = group === undefined ? entry.roots.size > 0 : isOwnerless(group) || this.#isMoving(entry, group);
    if (needsLook) this.#wake(key);
  }

  /** One of those that are left names another queue than the group is in: when all do, it moves. O(1). */
  #isMoving({ roots }: GroupEntry, { queue }: PodGroupRecord): boolean {
    const [next] = roots.keys();
    const plan = next === undefined ? undefined : this.#plans.get(next);
    return plan !== undefined && plan.queue !== queue;
  }
}

const NO_TASKS: ReadonlySet<string> = new Set();

/** One more pod that plans a group which stands changes nothing, unless that had come to its end, and a gang has thousands of them. */
function isOneMore(root: PlanRoot, { roots, group }: GroupEntry): boolean {
  return root.kind === 'pod' && roots.size > 1 && group !== undefined && group.rootState !== 'Ended';
}

/** Parsed once for each text, since the other fields of a root change far more often. */
function readPlan({ record }: PlanRoot, known: IndexedPlan | undefined): IndexedPlan | undefined {
  const text = record.groupPlan;
  if (text === '') return undefined;
  if (known?.text === text) return known;
  const plan = parseGroupPlan(text);
  // No namespace begins with #.
  if (plan === undefined) return { text, key: `#${record.uid}`, queue: '', minMember: 0, gatingTasks: NO_TASKS };
  const { group, queue } = plan;
  const minMember = minMemberAt(plan, Infinity);
  return { text, key: `${record.namespace}/${group}`, queue, minMember, gatingTasks: gatingTasks(plan) };
}

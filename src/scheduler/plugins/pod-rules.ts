import type { PluginHooks } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { PodRuleLedger } from '../ledger/pod-rule-ledger.ts';
import type { LabelledPods } from '../ledger/labelled-pods.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { Task } from '../model/task.ts';
import { RuleContext } from '../placement/rule-context.ts';

/**
 * Required affinity between pods, anti-affinity, that of pods that stand already, and topology spread that must hold: tasks
 * with such terms, and those that a term of anti-affinity speaks of, see the nodes in their own way.
 */
export function podRuleHooks(snapshot: Snapshot): PluginHooks {
  const contexts = new RuleContexts(snapshot);
  return {
    contextFn: (task) => contexts.of(task),
    avoidFn: (task, placed) => contexts.avoid(task, placed.length),
    avoidNoneFn: () => contexts.avoidNone(),
    onSessionOpen: () => contexts.open(),
  };
}

interface KnownContext {
  readonly context: RuleContext;
  checkedIn: number;
}

/** Terms come and go while a class stays: contexts that nobody asked for in so many cycles are dropped. */
const KEPT_CYCLES = 16;

/** One context for the pods of a class of which the same terms speak, as long as the nodes are what they were. */
class RuleContexts {
  readonly #snapshot: Snapshot;
  readonly #byClass = new WeakMap<TaskClass, Map<string, KnownContext>>();
  readonly #choosing = new Set<RuleContext>();
  #made = 0;
  #cycle = 0;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  open(): void {
    this.#cycle += 1;
  }

  of({ class: taskClass, record }: Task): RuleContext | undefined {
    const { podRules } = this.#snapshot;
    if (podRules.isEmpty) return undefined;
    const pods = podRules.labelledAs(record);
    if (taskClass.shape.rules === undefined && pods.forbidding.length === 0) return undefined;
    const isOwn = isSelfAffine(taskClass, pods, podRules);
    const known = this.#byClass.get(taskClass)?.get(`${String(isOwn)}${pods.forbiddenBy}`);
    if (known === undefined) return this.#make(taskClass, pods, isOwn);
    if (known.checkedIn !== this.#cycle && !known.context.isCurrent) return this.#make(taskClass, pods, isOwn);
    known.checkedIn = this.#cycle;
    return known.context;
  }

  avoid(task: Task, placed: number): boolean {
    const context = this.of(task);
    if (context?.avoid(task.nodeIx, placed) !== true) return false;
    this.#choosing.add(context);
    return true;
  }

  avoidNone(): void {
    for (const context of this.#choosing) context.avoidNone();
    this.#choosing.clear();
  }

  #make(taskClass: TaskClass, { forbidding, forbiddenBy }: LabelledPods, isOwn: boolean): RuleContext {
    this.#made += 1;
    const subject = { taskClass, forbidding: [...forbidding], isOwn, ledger: this.#snapshot.podRules };
    const context = new RuleContext(`pods ${this.#made}`, subject);
    let contexts = this.#byClass.get(taskClass);
    if (contexts === undefined) this.#byClass.set(taskClass, (contexts = new Map()));
    for (const [name, { checkedIn }] of contexts) if (checkedIn < this.#cycle - KEPT_CYCLES) contexts.delete(name);
    contexts.set(`${String(isOwn)}${forbiddenBy}`, { context, checkedIn: this.#cycle });
    return context;
  }
}

/** All terms of affinity speak of the pod itself. For most this follows from the pod alone. */
function isSelfAffine({ shape }: TaskClass, pods: LabelledPods, ledger: PodRuleLedger): boolean {
  const terms = shape.rules?.affinity ?? [];
  return terms.every((term) => term.isOwn || ((term.namespaceSelector?.length ?? 0) > 0 && ledger.isOf(pods, term)));
}

import type { PluginHooks } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { PodRuleLedger } from '../ledger/pod-rule-ledger.ts';
import type { LabelledPods } from '../ledger/labelled-pods.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { Task } from '../model/task.ts';
import { ClassContexts } from '../placement/class-contexts.ts';
import { RuleContext } from '../placement/rule-context.ts';

/**
 * Required affinity between pods, anti-affinity, that of pods that stand already, and topology spread that must hold: tasks
 * with such terms, and those that a term of anti-affinity speaks of, see the nodes in their own way.
 */
export function podRuleHooks(snapshot: Snapshot): PluginHooks {
  const contexts = new RuleContexts(snapshot);
  return {
    contextFn: (task) => contexts.of(task),
    claimStampFn: () => snapshot.podRules.termsVersion,
    avoidFn: (task, placed) => contexts.avoid(task, placed.length),
    avoidNoneFn: () => contexts.avoidNone(),
    onSessionOpen: () => contexts.open(),
  };
}

class RuleContexts {
  readonly #snapshot: Snapshot;
  readonly #known = new ClassContexts<RuleContext>('pods');
  readonly #choosing = new Set<RuleContext>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  open(): void {
    this.#known.open();
  }

  of({ class: taskClass, record }: Task): RuleContext | undefined {
    const { podRules } = this.#snapshot;
    if (podRules.isEmpty) return undefined;
    const pods = podRules.labelledAs(record);
    const { terms, name } = podRules.forbidding(pods);
    if (terms.length === 0 && !podRules.binds(taskClass)) return undefined;
    const isOwn = isSelfAffine(taskClass, pods, podRules);
    return this.#known.of(taskClass, `${String(isOwn)}${name}`, (key) => {
      return new RuleContext(key, { taskClass, forbidding: [...terms], isOwn, ledger: podRules });
    });
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
}

/** All terms of affinity speak of the pod itself. For most this follows from the pod alone. */
function isSelfAffine({ shape }: TaskClass, pods: LabelledPods, ledger: PodRuleLedger): boolean {
  const terms = shape.rules?.affinity ?? [];
  return terms.every((term) => term.isOwn || ((term.namespaceSelector?.length ?? 0) > 0 && ledger.isOf(pods, term)));
}

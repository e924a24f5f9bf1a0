import type { PluginHooks } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { PodRuleLedger } from '../ledger/pod-rule-ledger.ts';
import type { PodKind } from '../ledger/pod-kinds.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { Task } from '../model/task.ts';
import { PodGate } from '../placement/pod-gate.ts';

/**
 * Required affinity between pods, anti-affinity, that of pods that stand already, and topology spread that must hold: tasks
 * with such terms, and those that a term of anti-affinity speaks of, see the nodes in their own way.
 */
export function podRuleHooks(snapshot: Snapshot): PluginHooks {
  const gates = new PodGates(snapshot);
  return {
    contextFn: (task) => gates.of(task),
    avoidFn: (task, node) => gates.avoid(task, node),
    avoidNoneFn: () => gates.avoidNone(),
    onSessionOpen: () => gates.open(),
  };
}

interface KnownGate {
  readonly gate: PodGate;
  checkedIn: number;
}

/** Terms come and go while a class stays: gates that nobody asked for in so many cycles are dropped. */
const KEPT_CYCLES = 16;

/** One gate for the pods of a class of which the same terms speak, as long as the nodes are what they were. */
class PodGates {
  readonly #snapshot: Snapshot;
  readonly #byClass = new WeakMap<TaskClass, Map<string, KnownGate>>();
  readonly #choosing = new Set<PodGate>();
  #made = 0;
  #cycle = 0;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  open(): void {
    this.#cycle += 1;
  }

  of({ class: taskClass, record }: Task): PodGate | undefined {
    const { podRules } = this.#snapshot;
    if (podRules.isEmpty) return undefined;
    const kind = podRules.kindOf(record);
    if (taskClass.shape.rules === undefined && kind.forbidding.length === 0) return undefined;
    const isOwn = isSelfAffine(taskClass, kind, podRules);
    const known = this.#byClass.get(taskClass)?.get(`${String(isOwn)}${kind.forbiddenBy}`);
    if (known === undefined) return this.#make(taskClass, kind, isOwn);
    if (known.checkedIn !== this.#cycle && !known.gate.isCurrent) return this.#make(taskClass, kind, isOwn);
    known.checkedIn = this.#cycle;
    return known.gate;
  }

  avoid(task: Task, node: number): boolean {
    const gate = this.of(task);
    if (gate === undefined) return false;
    this.#choosing.add(gate);
    return gate.avoid(node);
  }

  avoidNone(): void {
    for (const gate of this.#choosing) gate.avoidNone();
    this.#choosing.clear();
  }

  #make(taskClass: TaskClass, { forbidding, forbiddenBy }: PodKind, isOwn: boolean): PodGate {
    this.#made += 1;
    const subject = { taskClass, forbidding: [...forbidding], isOwn, ledger: this.#snapshot.podRules };
    const gate = new PodGate(`pods ${this.#made}`, subject);
    let gates = this.#byClass.get(taskClass);
    if (gates === undefined) this.#byClass.set(taskClass, (gates = new Map()));
    for (const [name, { checkedIn }] of gates) if (checkedIn < this.#cycle - KEPT_CYCLES) gates.delete(name);
    gates.set(`${String(isOwn)}${forbiddenBy}`, { gate, checkedIn: this.#cycle });
    return gate;
  }
}

/** All terms of affinity speak of the pod itself. For most this follows from the pod alone. */
function isSelfAffine({ shape }: TaskClass, kind: PodKind, ledger: PodRuleLedger): boolean {
  const terms = shape.rules?.affinity ?? [];
  return terms.every((term) => term.isOwn || ((term.namespaceSelector?.length ?? 0) > 0 && ledger.isOf(kind, term)));
}

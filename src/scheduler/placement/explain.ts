import type { PluginHooks } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import { unsupportedNeed } from '../framework/unsupported-need.ts';
import type { Outlook } from './outlook.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { TaskClass } from '../model/task-class.ts';

/** About 10 ms of looking at nodes. */
const LOOKS_A_CYCLE = 500_000;

/** What explanations of one cycle may cost, however many contexts give them. */
export class ExplanationBudget {
  #spent = 0;

  get isSpent(): boolean {
    return this.#spent >= LOOKS_A_CYCLE;
  }

  spend(looks: number): void {
    this.#spent += looks;
  }

  /** Called once a cycle. */
  open(): void {
    this.#spent = 0;
  }
}

interface ExplanationOptions {
  readonly outlook?: Pick<Outlook, 'version' | 'refusal'>;
  /** Its own where it is not shared. */
  readonly budget?: ExplanationBudget;
  /** What one node costs, 1 for its amounts alone. */
  readonly looks?: number;
}

/** An answer, and the state of the nodes that it speaks of. */
interface Explanation {
  readonly refusal: Refusal;
  readonly changedAt: number;
  readonly featuresVersion: number;
  /** Of what the context says about nodes that did not change. */
  readonly outlookVersion: number;
  /** In which it was made. */
  readonly cycle: number;
}

/**
 * Why no node takes a class now, in the shape that kubectl users know from kube-scheduler:
 * `0/8 nodes are available: 2 node(s) were unschedulable, 6 Insufficient nvidia.com/gpu.`
 * What was said stays the very same object until nodes make it something else.
 */
export class Explanations {
  readonly #snapshot: Snapshot;
  readonly #hooks: readonly PluginHooks[];
  readonly #outlook: Pick<Outlook, 'version' | 'refusal'>;
  readonly #known = new WeakMap<TaskClass, Explanation>();
  readonly #budget: ExplanationBudget;
  readonly #looks: number;
  #cycle = 0;

  constructor(
    snapshot: Snapshot,
    hooks: readonly PluginHooks[],
    { outlook = {}, budget = new ExplanationBudget(), looks = 1 }: ExplanationOptions = {},
  ) {
    this.#outlook = outlook;
    this.#snapshot = snapshot;
    this.#hooks = hooks;
    this.#budget = budget;
    this.#looks = looks;
  }

  /** Called once a cycle. */
  open(): void {
    this.#cycle += 1;
  }

  /**
   * O(1) while no node changed, else O(nodes) while the cycle's budget lasts; then the class's last answer of the cycle is
   * told again, so that a long queue of groups that cannot start does not make the cycle slow.
   */
  of(taskClass: TaskClass): Refusal {
    if (taskClass.shape.needs.length > 0) return unsupportedNeed(taskClass);
    const refused = this.#outlook.refusal?.();
    if (refused !== undefined) return refused;
    const { recency, featuresVersion } = this.#snapshot;
    const outlookVersion = this.#outlook.version?.() ?? 0;
    const known = this.#known.get(taskClass);
    const isSameOutlook = known?.featuresVersion === featuresVersion && known.outlookVersion === outlookVersion;
    if (isSameOutlook && known.changedAt === recency.now) return known.refusal;
    if (known?.cycle === this.#cycle && this.#budget.isSpent) return known.refusal;
    const message = this.#message(taskClass);
    const refusal: Refusal =
      known?.refusal.message === message ? known.refusal : { code: 'NotEnoughResources', message };
    this.#known.set(taskClass, {
      refusal,
      changedAt: recency.now,
      featuresVersion,
      outlookVersion,
      cycle: this.#cycle,
    });
    return refusal;
  }

  /** Nodes that refuse the class now, by reason. O(nodes). */
  reasons(taskClass: TaskClass): ReadonlyMap<string, number> {
    const reasons = new Map<string, number>();
    for (const hook of this.#hooks) hook.explain?.(taskClass, reasons);
    return reasons;
  }

  #message(taskClass: TaskClass): string {
    const reasons = this.reasons(taskClass);
    const parts = [...reasons].map(([reason, nodes]) => `${nodes} ${reason}`).toSorted();
    const { count } = this.#snapshot.nodes;
    this.#budget.spend(count * this.#looks);
    if (count === 0) return 'no nodes available to schedule pods.';
    return `0/${count} nodes are available: ${parts.join(', ')}.`;
  }
}

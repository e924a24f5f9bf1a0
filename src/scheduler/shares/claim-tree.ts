import type { Queue } from '../model/queue.ts';
import { EPSILON } from './epsilon.ts';
import type { QueueClaim } from './guarantees.ts';

/** Siblings, with the claim of their parent. */
export interface Family {
  readonly siblings: readonly QueueClaim[];
  readonly above: QueueClaim | undefined;
}

/** The queues' claims, family by family; side by side when the tree does not count. */
export class ClaimTree {
  readonly isTree: boolean;
  readonly #below: ReadonlyMap<Queue | undefined, readonly QueueClaim[]>;
  readonly #top: readonly QueueClaim[];
  /** Parents before their children. */
  readonly #order: readonly QueueClaim[];
  readonly #byQueue: ReadonlyMap<Queue, QueueClaim>;

  constructor(claims: readonly QueueClaim[], isTree: boolean) {
    this.isTree = isTree;
    this.#below = isTree ? Map.groupBy(claims, ({ queue }) => queue.parent) : new Map([[undefined, claims]]);
    this.#top = this.#below.get(undefined) ?? [];
    const order = [...this.#top];
    for (const { queue } of order) order.push(...this.#belowOf(queue));
    this.#order = order;
    this.#byQueue = new Map(claims.map((claim) => [claim.queue, claim]));
  }

  claimOf(queue: Queue): QueueClaim | undefined {
    return this.#byQueue.get(queue);
  }

  bottomUp(): readonly QueueClaim[] {
    return this.#order.toReversed();
  }

  hasBelow(queue: Queue): boolean {
    return this.#belowOf(queue).length > 0;
  }

  /** Those at the top first, and parents before their children. */
  *families(): Iterable<Family> {
    yield { siblings: this.#top, above: undefined };
    for (const above of this.#order) {
      const siblings = this.#belowOf(above.queue);
      if (siblings.length > 0) yield { siblings, above };
    }
  }

  /** At least what is guaranteed to those below. */
  sumGuarantees({ queue, guarantee, capability }: QueueClaim): void {
    const children = this.#belowOf(queue);
    for (let r = 0; r < guarantee.length && children.length > 0; r += 1) {
      const sum = children.reduce((all, child) => all + (child.guarantee[r] ?? 0), 0);
      guarantee[r] = Math.min(Math.max(guarantee[r] ?? 0, sum), capability[r] ?? Infinity);
    }
  }

  /** At least the guarantee, and what those below deserve; nothing where none of them says anything. */
  sumDeserved({ queue, guarantee, capability, declared }: QueueClaim): void {
    const children = this.#belowOf(queue);
    for (let r = 0; r < declared.length; r += 1) {
      const said = children.reduce((all, child) => sumOf(all, child.declared[r] ?? -1), -1);
      const own = Math.min(Math.max(declared[r] ?? -1, said), capability[r] ?? Infinity);
      const kept = guarantee[r] ?? 0;
      declared[r] = kept > 0 ? Math.max(own, kept) : own;
    }
  }

  /** What the queue deserves beside those below it, for jobs of its own. */
  ownDeserved({ queue, declared }: QueueClaim): Float64Array {
    const children = this.#belowOf(queue);
    return declared.map((amount, r) => {
      const rest = children.reduce((left, child) => left - Math.max(0, child.declared[r] ?? -1), amount);
      return rest > EPSILON ? rest : -1;
    });
  }

  #belowOf(queue: Queue): readonly QueueClaim[] {
    return this.#below.get(queue) ?? [];
  }
}

/** Below zero when neither says anything. */
function sumOf(a: number, b: number): number {
  return a < 0 ? b : b < 0 ? a : a + b;
}

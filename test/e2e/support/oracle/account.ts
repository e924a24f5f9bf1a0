import type { Amounts } from './amounts.ts';

const NO_LIMITS: Amounts = new Map();

/** Who holds how much of something that has limits: of a node, or of a queue. */
export class Account {
  readonly #held = new Map<string, Map<string, bigint>>();
  readonly #limits = new Map<string, Amounts>();

  /** Limits of an owner; a resource that they do not name is limited only where `isClosed` says so. */
  setLimits(owner: string, limits: Amounts): void {
    this.#limits.set(owner, limits);
  }

  limitsOf(owner: string): Amounts {
    return this.#limits.get(owner) ?? NO_LIMITS;
  }

  move(owner: string, amounts: Amounts, sign: 1n | -1n): void {
    let held = this.#held.get(owner);
    if (held === undefined) this.#held.set(owner, (held = new Map()));
    for (const [resource, amount] of amounts) held.set(resource, (held.get(resource) ?? 0n) + sign * amount);
  }

  /** What of the owner is over its limit now; with `isClosed` a resource without a limit has none to give. */
  excess(owner: string, isClosed: boolean): readonly string[] {
    const limits = this.#limits.get(owner);
    const out: string[] = [];
    for (const [resource, held] of this.#held.get(owner) ?? []) {
      const limit = limits?.get(resource) ?? (isClosed ? 0n : undefined);
      if (limit !== undefined && held > limit)
        out.push(`${owner} holds ${held} of ${limit} thousandths of ${resource}`);
    }
    return out;
  }

  held(owner: string, resource: string): bigint {
    return this.#held.get(owner)?.get(resource) ?? 0n;
  }
}

import type { Queue } from '../model/queue.ts';
import type { IndexedAmounts } from '../model/task-class.ts';
import { applyCharge, chargeTo, isChargedTo } from './claim-charge.ts';
import type { Charge } from './claim-charge.ts';

/** Room that is kept for a pod that shares claims with others. */
export interface SharingRoom {
  /** What it may take counts there. */
  readonly queue: Queue | undefined;
  /** Keys of the claims. */
  readonly shared: readonly string[];
}

/** What is asked about a claim. */
interface ClaimAccount {
  amountsOf(key: string): IndexedAmounts;
  /** Queues that hold it by pods that have a node, and those above them. */
  holdersOf(key: string): ReadonlySet<Queue>;
}

/**
 * Devices of claims that several pods share, of those for whom rooms are kept: `keptClaims` and `keptClaimsBelow` of the queues. At each level a
 * claim counts once, however many rooms are kept there for pods that use it, and not at all where it is held: the first of these pods that has its
 * place takes over, and with the last room it is given back.
 */
export class KeptClaims {
  readonly #account: ClaimAccount;
  readonly #rooms = new Map<string, Set<SharingRoom>>();
  readonly #charges = new Map<string, Charge>();

  constructor(account: ClaimAccount) {
    this.#account = account;
  }

  /** The room is kept from now on, or no more. */
  keep(room: SharingRoom, sign: 1 | -1): void {
    for (const key of room.shared) {
      const rooms = this.#rooms.get(key) ?? new Set();
      if (sign === 1) this.#rooms.set(key, rooms.add(room));
      else if (rooms.delete(room) && rooms.size === 0) this.#rooms.delete(key);
      this.refresh(key);
    }
  }

  /** The claim takes something else by now, or is held by others, or rooms for it came or went. */
  refresh(key: string): void {
    const before = this.#charges.get(key);
    if (before !== undefined) applyCharge(before, -1, 'keptClaims');
    const queues = [...(this.#rooms.get(key) ?? [])].flatMap(({ queue }) => queue ?? []);
    if (queues.length === 0) {
      this.#charges.delete(key);
      return;
    }
    const charge = chargeTo(queues, this.#account.amountsOf(key), this.#account.holdersOf(key));
    this.#charges.set(key, charge);
    applyCharge(charge, 1, 'keptClaims');
  }

  /** It counts at this level. */
  has(key: string, queue: Queue): boolean {
    return isChargedTo(this.#charges.get(key), queue);
  }

  /** The ledgers of all queues were emptied: nothing counts any more until `recount`. */
  forget(): void {
    this.#charges.clear();
  }

  /** What is kept counts anew. */
  recount(): void {
    for (const key of this.#rooms.keys()) this.refresh(key);
  }
}

import { PODS_IX } from './resource-table.ts';
import type { TaskClass } from './task-class.ts';

/** What all nodes have. */
export interface Totals {
  readonly nodes: { readonly totals: readonly number[] };
  /** Grows whenever they change. */
  readonly allocatableVersion: number;
}

/** What some tasks hold together. Of the resources that they ask for only, since there may be one of these a job. */
export class Holdings {
  readonly #resources: number[];
  readonly #amounts: number[];
  /** As it was worked out last, of the totals of that version; orders ask again and again. */
  #share = 0;
  #sharedAt = -1;

  constructor(like?: Holdings) {
    this.#resources = like === undefined ? [] : [...like.#resources];
    this.#amounts = like === undefined ? [] : [...like.#amounts];
  }

  /** A task of the class comes, or leaves. O(requested resources). */
  add({ resources, amounts }: TaskClass, by: number): void {
    this.#sharedAt = -1;
    for (let i = 0; i < resources.length; i += 1) this.#addOne(resources[i] ?? 0, by * (amounts[i] ?? 0));
  }

  /** What others hold counts here as well, or (by -1) no more. */
  addAll(others: Holdings, by = 1): void {
    this.#sharedAt = -1;
    others.#resources.forEach((r, i) => this.#addOne(r, by * (others.#amounts[i] ?? 0)));
  }

  #addOne(r: number, amount: number): void {
    const at = this.#resources.indexOf(r);
    if (at >= 0) {
      this.#amounts[at] = (this.#amounts[at] ?? 0) + amount;
    } else {
      this.#resources.push(r);
      this.#amounts.push(amount);
    }
  }

  /**
   * The part of a total that it is, in the resource where this is most (the dominant one). Pod slots are no resource in
   * this sense, nor is what there is nothing of. O(1), after a change O(resources held).
   */
  share({ nodes, allocatableVersion }: Totals): number {
    if (this.#sharedAt !== allocatableVersion) {
      this.#share = this.#largestPart(nodes.totals);
      this.#sharedAt = allocatableVersion;
    }
    return this.#share;
  }

  #largestPart(totals: readonly number[]): number {
    let most = 0;
    for (let i = 0; i < this.#resources.length; i += 1) {
      const r = this.#resources[i] ?? 0;
      const total = totals[r] ?? 0;
      if (r === PODS_IX || total <= 0) continue;
      const part = (this.#amounts[i] ?? 0) / total;
      if (part > most) most = part;
    }
    return most;
  }
}

import type { QueueRecord } from '../../../src/api/records/queue-record.ts';
import { cutGuarantees, fill, writtenGuarantee } from './plain-filling.ts';
import type { Amounts, Part } from './plain-filling.ts';
import { CLOSE, sum } from './plain-world.ts';
import type { PlainWorld } from './plain-world.ts';

/** Guarantees of branches as decision 0142 tells them, for queues that share side by side. */
export class PlainBranchGuarantees {
  readonly #world: PlainWorld;
  /** By queue, with what is guaranteed to those below. */
  readonly #whole = new Map<string, Amounts>();

  constructor(world: PlainWorld) {
    this.#world = world;
    for (const queue of this.#below(undefined)) this.#declare(queue);
    this.#cut(undefined);
  }

  /** What nobody below has by name. */
  own(queue: QueueRecord): Amounts {
    const { resources } = this.#world;
    return new Map(
      resources.map((r) => [
        r,
        Math.max(0, this.#wholeOf(queue, r) - sum(this.#below(queue), (each) => this.#wholeOf(each, r))),
      ]),
    );
  }

  limit(queue: QueueRecord, r: string): number {
    const world = this.#world;
    const path = [queue, ...world.above(queue)];
    const others = [...world.records.queues.values()].filter((other) => !path.includes(other));
    const kept = sum(others, (other) => this.own(other).get(r) ?? 0);
    return Math.min(world.capability(queue, r), world.total(r) - kept);
  }

  /** What branches have beyond what is guaranteed by name goes down, to those that can use it first. */
  handDown(parts: readonly Part[], parent?: QueueRecord): void {
    const from = parts.find(({ queue }) => queue === parent);
    const heirs = parts.filter(({ queue }) => this.#below(parent).includes(queue));
    if (from !== undefined && heirs.length > 0) {
      for (const r of this.#world.resources) this.#hand(r, from, heirs, parts);
    }
    for (const { queue } of heirs) this.handDown(parts, queue);
  }

  #hand(r: string, from: Part, heirs: readonly Part[], parts: readonly Part[]): void {
    const rest = from.guarantee.get(r) ?? 0;
    if (rest <= CLOSE) return;
    const wishes = heirs.map((heir) => {
      const whole = this.#wholeOf(heir.queue, r);
      const branch = this.#world.branch(heir.queue);
      const asked = sum(
        parts.filter(({ queue }) => branch.includes(queue)),
        ({ request }) => request.get(r) ?? 0,
      );
      const asks = Math.max(0, asked - whole);
      const most = Math.min(Math.max(0, this.#world.capability(heir.queue, r) - whole), this.#world.total(r));
      return { heir, asks, takes: heir.queue.state === 'Open' ? most : asks };
    });
    const own = { heir: from, asks: from.request.get(r) ?? 0, takes: from.request.get(r) ?? 0 };
    const all = [...wishes, own];
    const first = fill(
      rest,
      all.map(({ heir, asks, takes }) => ({ weight: heir.queue.weight, from: 0, to: Math.min(asks, takes) })),
    );
    const second = fill(
      rest,
      all.map(({ heir, takes }, i) => ({ weight: heir.queue.weight, from: first[i] ?? 0, to: takes })),
    );
    from.guarantee.set(r, 0);
    for (const [i, { heir }] of all.entries()) {
      heir.guarantee.set(r, (heir.guarantee.get(r) ?? 0) + Math.floor((second[i] ?? 0) + CLOSE));
    }
  }

  #below(parent: QueueRecord | undefined): readonly QueueRecord[] {
    return [...this.#world.records.queues.values()].filter((queue) => this.#world.above(queue)[0] === parent);
  }

  #wholeOf({ name }: QueueRecord, r: string): number {
    return this.#whole.get(name)?.get(r) ?? 0;
  }

  #declare(queue: QueueRecord): void {
    const world = this.#world;
    const children = this.#below(queue);
    for (const child of children) this.#declare(child);
    const whole = world.resources.map((r): [string, number] => {
      const written = writtenGuarantee(world, queue, r, queue.state === 'Open');
      const theirs = sum(children, (child) => this.#wholeOf(child, r));
      return [r, Math.min(Math.max(written, theirs), world.capability(queue, r))];
    });
    this.#whole.set(queue.name, new Map(whole));
  }

  #cut(parent: QueueRecord | undefined): void {
    const world = this.#world;
    const siblings = this.#below(parent);
    for (const r of world.resources) {
      const claims = siblings.map((queue) => ({
        queue,
        wants: this.#wholeOf(queue, r),
        most: world.capability(queue, r),
      }));
      const room = parent === undefined ? world.total(r) : this.#wholeOf(parent, r);
      for (const [name, amount] of cutGuarantees(claims, room)) this.#whole.get(name)?.set(r, amount);
    }
    for (const queue of siblings) this.#cut(queue);
  }
}

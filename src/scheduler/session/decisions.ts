import type { Decision, RefusalDecision, StatusDecision } from './decision.ts';

/** Decisions in a row, from a place on, that were told in some cycle before just so. */
interface Passage {
  readonly kind: 'passage';
  readonly decisions: readonly (StatusDecision | RefusalDecision | undefined)[];
  readonly from: number;
  /** The cycle before told something else in their place. */
  readonly isNews: boolean;
}

/**
 * All that one cycle decided, in order. What is told again to a block of groups that wait unchanged stands here as one passage: however many
 * wait, a cycle makes no list of them, and whoever carries decisions out can leave out what he was told just before.
 */
export class Decisions implements Iterable<Decision> {
  readonly #parts: (Decision | Passage)[] = [];
  #length = 0;

  /** Of all decisions. */
  get length(): number {
    return this.#length;
  }

  add(decision: Decision): void {
    this.#parts.push(decision);
    this.#length += 1;
  }

  /** Each of them is there, from that place on. */
  addPassage(passage: Omit<Passage, 'kind'>): void {
    this.#parts.push({ kind: 'passage', ...passage });
    this.#length += passage.decisions.length - passage.from;
  }

  /** Those of another list follow. */
  append(other: Decisions): void {
    for (const part of other.#parts) this.#parts.push(part);
    this.#length += other.#length;
  }

  *[Symbol.iterator](): Generator<Decision> {
    for (const part of this.#parts) {
      if (part.kind === 'passage') yield* allOf(part);
      else yield part;
    }
  }

  /** All but those that were told in the cycle before, word for word, to groups that have not changed since. */
  *news(): Generator<Decision> {
    for (const part of this.#parts) {
      if (part.kind !== 'passage') yield part;
      else if (part.isNews) yield* allOf(part);
    }
  }

  /** Those that are told by themselves: all but statuses and refusals, and some of these. */
  *single(): Generator<Decision> {
    for (const part of this.#parts) if (part.kind !== 'passage') yield part;
  }

  /** How many groups were refused something. O(parts) */
  countRefusals(): number {
    let count = 0;
    for (const part of this.#parts) {
      if (part.kind !== 'passage') count += Number(part.kind === 'refusal');
      else if (part.decisions[part.from]?.kind === 'refusal') count += part.decisions.length - part.from;
    }
    return count;
  }

  /** What the group was refused; undefined when it was not. O(decisions) */
  refusalOf(group: string): RefusalDecision | undefined {
    for (const part of this.#parts) {
      for (const decision of part.kind === 'passage' ? part.decisions : [part]) {
        if (decision?.kind === 'refusal' && decision.group === group) return decision;
      }
    }
    return undefined;
  }
}

function* allOf({ decisions, from }: Passage): Generator<Decision> {
  for (let i = from; i < decisions.length; i += 1) yield decisions[i] as Decision;
}

import type { Decision, RefusalDecision, StatusDecision } from './decision.ts';

/** Decisions in a row, from a place on, that were told in some cycle before just so. */
interface Passage {
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
  addPassage(passage: Passage): void {
    this.#parts.push(passage);
    this.#length += passage.decisions.length - passage.from;
  }

  /** Those of another list follow. */
  append(other: Decisions): void {
    for (const part of other.#parts) this.#parts.push(part);
    this.#length += other.#length;
  }

  *[Symbol.iterator](): Generator<Decision> {
    for (const part of this.#parts) yield* each(part);
  }

  /** All but those that were told in the cycle before, word for word, to groups that have not changed since. */
  *news(): Generator<Decision> {
    for (const part of this.#parts) if (!('decisions' in part) || part.isNews) yield* each(part);
  }

  /** Those that are told by themselves: all but statuses and refusals, and some of these. */
  *single(): Generator<Decision> {
    for (const part of this.#parts) if (!('decisions' in part)) yield part;
  }

  /** How many groups were refused something. O(parts) */
  countRefusals(): number {
    let count = 0;
    for (const part of this.#parts) {
      if (!('decisions' in part)) count += Number(part.kind === 'refusal');
      else if (part.decisions[part.from]?.kind === 'refusal') count += part.decisions.length - part.from;
    }
    return count;
  }

  /** What the group was refused; undefined when it was not. O(decisions) */
  refusalOf(group: string): RefusalDecision | undefined {
    for (const part of this.#parts) {
      for (const decision of 'decisions' in part ? part.decisions : [part]) {
        if (decision?.kind === 'refusal' && decision.group === group) return decision;
      }
    }
    return undefined;
  }
}

function* each(part: Decision | Passage): Generator<Decision> {
  if (!('decisions' in part)) {
    yield part;
    return;
  }
  const { decisions, from } = part;
  for (let i = from; i < decisions.length; i += 1) yield decisions[i] as Decision;
}

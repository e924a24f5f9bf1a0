import type { Job } from '../model/job.ts';
import type { JobBlock } from '../model/job-block.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Decision, RefusalDecision, StatusDecision } from './decision.ts';
import { refusalDecision } from './job-decisions.ts';
import { jobStatus } from './job-status.ts';

/** What jobs of a block, from a place on, are told in one way: their statuses, or why they wait. */
interface Passage {
  readonly kind: 'passage';
  readonly tells: 'status' | 'refusal';
  readonly block: JobBlock;
  readonly from: number;
  /** The same for all; undefined: each what keeps it out of its queue. */
  readonly refusal: Refusal | undefined;
  /** The cycle before told something else in their place. */
  readonly isNews: boolean;
}

/**
 * All that one cycle decided, in order. What is told to a block of groups that wait stands here as one passage: however many
 * wait, a cycle makes no list of them, and whoever carries decisions out can leave out what he was told just before. To be walked over before
 * anything changes in the snapshot: the decisions of a passage are made for whoever asks.
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
    this.#length += passage.block.jobs.length - passage.from;
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
      if (part.kind === 'refusal') count += 1;
      else if (part.kind === 'passage' && part.tells === 'refusal') count += part.block.jobs.length - part.from;
    }
    return count;
  }

  /** What the group was refused; undefined when it was not. O(decisions) */
  refusalOf(group: string): RefusalDecision | undefined {
    for (const part of this.#parts) {
      if (part.kind === 'refusal' && part.group === group) return part;
      if (part.kind !== 'passage' || part.tells === 'status') continue;
      const at = part.block.jobs.findIndex(({ key }) => key === group);
      if (at >= part.from) return refusalAt(part, at);
    }
    return undefined;
  }
}

function* allOf(passage: Passage): Generator<Decision> {
  const decisionAt = passage.tells === 'status' ? statusAt : refusalAt;
  for (let i = passage.from; i < passage.block.jobs.length; i += 1) yield decisionAt(passage, i);
}

function statusAt({ block, refusal }: Passage, at: number): StatusDecision {
  const job = block.jobs[at] as Job;
  return jobStatus(job, refusal ?? block.keptOut(job));
}

function refusalAt({ block, refusal }: Passage, at: number): RefusalDecision {
  const job = block.jobs[at] as Job;
  return refusalDecision(job, refusal ?? (block.keptOut(job) as Refusal));
}

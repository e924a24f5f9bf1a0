import type { Job } from '../model/job.ts';
import type { JobBlock, Saying } from '../model/job-block.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Task } from '../model/task.ts';
import type { Decision, PipelineDecision, RefusalDecision, StatusDecision } from './decision.ts';
import { pipelineDecision, refusalDecision } from './job-decisions.ts';
import { jobStatus } from './job-status.ts';

/** What jobs of a block, from a place on, are told in one way: their statuses, or why they wait. */
interface Passage {
  readonly kind: 'passage';
  readonly tells: 'status' | 'refusal';
  readonly block: JobBlock;
  readonly saying: Saying;
  /** The cycle before told something else in their place. */
  readonly isNews: boolean;
}

/** The jobs of a block are promised a room each, by the index of its node. */
interface Places {
  readonly kind: 'places';
  readonly block: JobBlock;
  readonly rooms: readonly number[];
  readonly nodes: Nodes;
}

/** By index. */
type Nodes = readonly { readonly name: string }[];

/**
 * All that one cycle decided, in order. What is told to a block of groups that wait stands here as one passage: however many
 * wait, a cycle makes no list of them, and whoever carries decisions out can leave out what he was told just before. To be walked over before
 * anything changes in the snapshot: the decisions of a passage are made for whoever asks.
 */
export class Decisions implements Iterable<Decision> {
  readonly #parts: (Decision | Passage | Places)[] = [];
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
    this.#length += lengthOf(passage);
  }

  /** Each job of the block, which is a group of one, is promised a room. */
  addPlaces(block: JobBlock, rooms: readonly number[], nodes: Nodes): void {
    this.#parts.push({ kind: 'places', block, rooms, nodes });
    this.#length += rooms.length;
  }

  /** Those of another list follow. */
  append(other: Decisions): void {
    for (const part of other.#parts) this.#parts.push(part);
    this.#length += other.#length;
  }

  *[Symbol.iterator](): Generator<Decision> {
    for (const part of this.#parts) {
      if (part.kind === 'passage') yield* allOf(part);
      else if (part.kind === 'places') yield* placesOf(part);
      else yield part;
    }
  }

  /** All but those that were told in the cycle before, word for word, to groups that have not changed since. */
  *news(): Generator<Decision> {
    for (const part of this.#parts) {
      if (part.kind === 'places') continue;
      if (part.kind !== 'passage') yield part;
      else if (part.isNews) yield* allOf(part);
    }
  }

  /** Those that are told by themselves: all but statuses, refusals and promises, and some of these. */
  *single(): Generator<Decision> {
    for (const part of this.#parts) if (part.kind !== 'passage' && part.kind !== 'places') yield part;
  }

  /** What tasks of the job are promised. O(decisions) */
  promisesTo(job: Job): readonly PipelineDecision[] {
    const uids = new Set(Array.from(job.tasks.values(), ({ uid }) => uid));
    return this.#parts.flatMap((part) => {
      if (part.kind === 'pipeline') return uids.has(part.uid) ? part : [];
      const at = part.kind === 'places' ? part.block.jobs.indexOf(job) : -1;
      return part.kind === 'places' && at >= 0 ? placeAt(part, at) : [];
    });
  }

  /** How many groups were refused something. O(parts) */
  countRefusals(): number {
    let count = 0;
    for (const part of this.#parts) {
      if (part.kind === 'refusal') count += 1;
      else if (part.kind === 'passage' && part.tells === 'refusal') count += lengthOf(part);
    }
    return count;
  }

  /** What the group was refused; undefined when it was not. O(decisions) */
  refusalOf(group: string): RefusalDecision | undefined {
    for (const part of this.#parts) {
      if (part.kind === 'refusal' && part.group === group) return part;
      if (part.kind !== 'passage' || part.tells === 'status') continue;
      const at = part.block.jobs.findIndex(({ key }) => key === group);
      if (at >= part.saying.from) return refusalAt(part, at);
    }
    return undefined;
  }
}

function* allOf(passage: Passage): Generator<Decision> {
  const decisionAt = passage.tells === 'status' ? statusAt : refusalAt;
  for (let i = passage.saying.from; i < passage.block.jobs.length; i += 1) yield decisionAt(passage, i);
}

function lengthOf({ block, saying }: Pick<Passage, 'block' | 'saying'>): number {
  return block.jobs.length - saying.from;
}

function statusAt({ block, saying }: Passage, at: number): StatusDecision {
  const job = block.jobs[at] as Job;
  return jobStatus(job, block.heard(saying, job));
}

function refusalAt({ block, saying }: Passage, at: number): RefusalDecision {
  const job = block.jobs[at] as Job;
  return refusalDecision(job, block.heard(saying, job) as Refusal);
}

function* placesOf(places: Places): Generator<Decision> {
  for (let i = 0; i < places.rooms.length; i += 1) yield placeAt(places, i);
}

function placeAt({ block, rooms, nodes }: Places, at: number): PipelineDecision {
  return pipelineDecision(block.jobs[at]?.tasks.first as Task, nodes[rooms[at] ?? -1]);
}

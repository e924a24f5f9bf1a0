import type { ReasonCode } from '../../api/reasons.ts';
import type { DomainSearch } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Job } from '../model/job.ts';
import type { Session } from '../session/session.ts';
import type { Domain } from '../topology/domain.ts';
import { MOST_TRIES } from './job-turn.ts';

/** Another domain would not help. */
const ABOUT_THE_JOB: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'QueueLimit',
  'QueueOverused',
  'NeedsNotSupported',
]);

/**
 * Places a job; where its pods have to be near each other, one domain after the other is opened to it, and what it got is taken
 * back where it is too little. A domain in which it starts comes before one in which it waits for pods that go, whose room is
 * then promised to it. The answers are those of `place`, or why no domain will do.
 */
export function placeNear(session: Session, job: Job, place: () => Refusal | undefined): Refusal | undefined {
  const search = job.isNear ? session.framework.domains(job) : undefined;
  if (search === undefined) return place();
  const refusal = placeInOne(session, job, search, place);
  search.open(undefined);
  return refusal;
}

/**
 * Tries the job in one domain after the other, those first of which the fewest pods would have to go, until one will do. A
 * job that need not be near is tried once.
 */
export function inEmptied({ framework }: Session, job: Job, act: () => boolean, most = Infinity): boolean {
  const search = job.isNear ? framework.domains(job) : undefined;
  if (search === undefined) return act();
  let isDone = false;
  for (const domain of firstOf(search.emptied(), most)) {
    search.open(domain);
    isDone = act();
    if (isDone) break;
  }
  search.open(undefined);
  return isDone;
}

/** Not more of them are worked out. */
export function* firstOf<T>(all: Iterable<T>, most: number): Iterable<T> {
  let taken = 0;
  for (const one of all) {
    if (taken === most) return;
    taken += 1;
    yield one;
  }
}

/** Placements that may be made in vain for the smallest job. */
const LEAST_EFFORT = 256;
/** So many domains where nobody found a place cost as much as one that was filled. */
const EMPTY_TRIES = 16;

/**
 * How much is done for one job in a cycle: as many placements as it takes to try it in so many domains. Which domains could have room is told by amounts,
 * and devices, cards and rules between pods may leave none in most of them: those are soon seen to be in vain, and hardly count.
 */
class Effort {
  readonly #need: number;
  readonly #most: number;
  #spent = 0;

  constructor(need: number) {
    this.#need = need;
    this.#most = Math.max(MOST_TRIES * need, LEAST_EFFORT);
  }

  get isSpent(): boolean {
    return this.#spent >= this.#most;
  }

  spend(placements: number): void {
    this.#spent += Math.max(placements, this.#need / EMPTY_TRIES);
  }
}

function placeInOne(
  session: Session,
  job: Job,
  search: DomainSearch,
  place: () => Refusal | undefined,
): Refusal | undefined {
  const { framework, statement } = session;
  const mark = statement.checkpoint();
  const wasReady = framework.jobReady(job);
  let promised: Domain | undefined;
  let first: Refusal | undefined;
  const effort = new Effort(search.need);
  for (const domain of search.domains()) {
    if (effort.isSpent) break;
    search.open(domain);
    const refusal = place();
    effort.spend(statement.checkpoint() - mark);
    if (wasReady ? refusal === undefined : framework.jobReady(job)) return refusal;
    if (statement.checkpoint() > mark && framework.jobWhole(job)) promised ??= domain;
    statement.rollback(mark);
    if (refusal !== undefined && ABOUT_THE_JOB.has(refusal.code)) return refusal;
    first ??= refusal;
  }
  const end = promised ?? search.last;
  if (end !== undefined) {
    search.open(end);
    return place();
  }
  return search.refusal(first);
}

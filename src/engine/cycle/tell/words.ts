import type { ReasonCode } from '../../../api/reasons.ts';
import type { Job } from '../../../scheduler/model/job.ts';
import type { RefusalDecision, StatusDecision } from '../../../scheduler/session/decision.ts';

/** In whose words people and programs are told of placements, waits and evictions. */
export interface Words {
  /** Each pod that gets its node is told so by an event. */
  readonly tellsPlaces: boolean;
  /** How often a group that goes on waiting is told so by a further event, milliseconds; undefined when it is told once. */
  readonly repeatsMs: number | undefined;
  /** The status of a group as it is written. */
  status(decision: StatusDecision, job: Job | undefined): StatusDecision;
  /** What the event on a group that waits says. */
  waits(refusal: RefusalDecision, job: Job | undefined): string;
  /** Reason of the event on a pod that goes for others. */
  goes(code: ReasonCode): ReasonCode;
}

/** Sluice's own: a code for each reason, and no word about a pod that has its place. */
export const SLUICES_WORDS: Words = {
  tellsPlaces: false,
  repeatsMs: undefined,
  status: (decision) => decision,
  waits: codeAndMessage,
  goes: (code) => code,
};

/** A refusal as pods are told it. */
export function codeAndMessage({ code, message }: RefusalDecision): string {
  return `${code}: ${message}`;
}

import { apiVersion, SELF_REVIEWS } from '../../api/resources.ts';
import { stringAt } from '../../lib/json.ts';
import type { Clock, ClusterWriter } from '../ports.ts';

/** The API server's clock: certificates are judged by it, since it is the one that verifies them. */
export interface ServerTime {
  /** Milliseconds since 1970, to the second. */
  readonly nowMs: number;
  /** How far our own clock is ahead, in milliseconds; whole seconds of difference are real. */
  readonly skewMs: number;
}

/** Asks what time it is there; an answer that says nothing, or none, leaves our own clock. The question changes nothing. */
export async function askServerTime(writer: ClusterWriter, clock: Clock): Promise<ServerTime> {
  const body = { apiVersion: apiVersion(SELF_REVIEWS), kind: SELF_REVIEWS.kind };
  const base = { type: SELF_REVIEWS, namespace: '', name: '', subresource: '', lane: 'decision' } as const;
  const outcome = await writer.write({ ...base, verb: 'create', body });
  const ownMs = clock.nowMs();
  const stamp = outcome.kind === 'done' ? Date.parse(stringAt(outcome.object, ['metadata', 'creationTimestamp'])) : 0;
  if (!(stamp > 0)) return { nowMs: ownMs, skewMs: 0 };
  // The stamp is cut to the second.
  const skewMs = ownMs - stamp - HALF_SECOND_MS;
  return Math.abs(skewMs) <= SAME_MS ? { nowMs: ownMs, skewMs: 0 } : { nowMs: stamp, skewMs };
}

const HALF_SECOND_MS = 500;
/** What the way of the answer and the cut to the second may make. */
const SAME_MS = 2000;

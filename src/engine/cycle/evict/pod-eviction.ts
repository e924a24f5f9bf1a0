import type { PodRecord } from '../../../api/records/pod-record.ts';
import { PODS } from '../../../api/resources.ts';
import { retry } from '../../../lib/retry.ts';
import { REFUSED_BY_BUDGET } from '../../ports.ts';
import type { Clock, ClusterWriter, WriteOutcome, WriteRequest } from '../../ports.ts';

/** How one eviction ended; `gone`: the pod is on its way out, or not there any more. */
export type EvictionEnd =
  | { readonly kind: 'gone' }
  /** By a disruption budget, or by the API server for another reason; what it says. */
  | { readonly kind: 'budget' | 'refused'; readonly message: string }
  /** Whether it was evicted was not to be found out. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'notLeader' };

/** An eviction whose answer got lost, or that was throttled, is tried again for this long. */
const EVICTION_DEADLINE_MS = 60_000;
const PAUSES = { minMs: 250, maxMs: 4000 };

/** Asks for the eviction until its end is known. Asking again for a pod that is on its way out does nothing. */
export async function evictPod(writer: ClusterWriter, clock: Clock, pod: PodRecord): Promise<EvictionEnd> {
  const deadlineMs = clock.monotonicMs() + EVICTION_DEADLINE_MS;
  const last = await retry(() => writer.write(request(pod)), {
    bounds: PAUSES,
    wait: (delayMs) => new Promise((resolve) => void clock.after(delayMs, resolve)),
    pauseAfter,
    hasTime: (delayMs) => clock.monotonicMs() + delayMs <= deadlineMs,
  });
  return endOf(last);
}

/** The UID makes it meet this very pod, not a later one of the same name. The grace is the pod's own. */
function request({ namespace, name, uid }: PodRecord): WriteRequest {
  return {
    verb: 'create',
    type: PODS,
    namespace,
    name,
    subresource: 'eviction',
    lane: 'decision',
    body: {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace },
      deleteOptions: { preconditions: { uid } },
    },
  };
}

function pauseAfter(outcome: WriteOutcome): number | undefined {
  if (outcome.kind === 'throttled') return outcome.retryAfterMs;
  return outcome.kind === 'unknown' ? 0 : undefined;
}

function endOf(outcome: WriteOutcome): EvictionEnd {
  switch (outcome.kind) {
    // A conflict: another pod has the name by now.
    case 'done':
    case 'notFound':
    case 'conflict':
      return { kind: 'gone' };
    case 'refused':
      return { kind: outcome.code === REFUSED_BY_BUDGET ? 'budget' : 'refused', message: outcome.message };
    case 'notLeader':
      return outcome;
    default:
      return { kind: 'unknown' };
  }
}

import { BIND_PLAN_ID_ANNOTATION } from '../../api/keys.ts';
import { PODS } from '../../api/resources.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import { memberAt, stringAt } from '../../lib/json.ts';
import type { Clock, ClusterWriter, WriteRequest } from '../ports.ts';

/** How one binding ended: the pod sits on its node, it is not there, or the fate of it stayed unknown. */
export type BindingEnd = 'bound' | 'unbound' | 'refused' | 'gone' | 'elsewhere' | 'unknown' | 'notLeader';

export interface BindingPorts {
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  /** The API server does not take the binding, and says why. */
  readonly onRefused?: (message: string) => void;
}

/** A binding whose answer got lost is asked about and tried again for this long. */
const BINDING_DEADLINE_MS = 60_000;
const RETRY_MS = 250;
const MAX_RETRY_MS = 4000;

/** Sends one binding and stays with it until its end is known: an ambiguous answer is settled by reading the pod. */
export async function bindPod(ports: BindingPorts, pod: PodRecord, node: string, planId: string): Promise<BindingEnd> {
  const deadline = ports.clock.monotonicMs() + BINDING_DEADLINE_MS;
  for (let pauseMs = RETRY_MS; ; pauseMs = Math.min(2 * pauseMs, MAX_RETRY_MS)) {
    const outcome = await ports.writer.write(bindingRequest(pod, node, planId));
    switch (outcome.kind) {
      case 'done':
        return 'bound';
      case 'notFound':
        return 'gone';
      case 'refused':
        ports.onRefused?.(outcome.message);
        return 'refused';
      case 'notLeader':
        return 'notLeader';
      default:
    }
    if (outcome.kind !== 'throttled') {
      const seen = await readPlace(ports.writer, pod, node);
      if (seen !== 'unbound' && seen !== 'unknown') return seen;
      if (seen === 'unbound' && outcome.kind === 'conflict') return 'unbound';
    }
    if (ports.clock.monotonicMs() + pauseMs > deadline) return 'unknown';
    const waitMs = outcome.kind === 'throttled' ? Math.max(pauseMs, outcome.retryAfterMs) : pauseMs;
    await new Promise<void>((resolve) => void ports.clock.after(waitMs, resolve));
  }
}

/** The UID makes the binding meet this very pod, not a later one of the same name. */
function bindingRequest(pod: PodRecord, node: string, planId: string): WriteRequest {
  const annotations = planId === '' ? {} : { annotations: { [BIND_PLAN_ID_ANNOTATION]: planId } };
  return {
    verb: 'create',
    type: PODS,
    namespace: pod.namespace,
    name: pod.name,
    subresource: 'binding',
    lane: 'decision',
    body: {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: pod.name, namespace: pod.namespace, uid: pod.uid, ...annotations },
      target: { apiVersion: 'v1', kind: 'Node', name: node },
    },
  };
}

async function readPlace(writer: ClusterWriter, pod: PodRecord, node: string): Promise<BindingEnd> {
  const { namespace, name } = pod;
  const outcome = await writer.write({
    verb: 'get',
    type: PODS,
    namespace,
    name,
    subresource: '',
    body: undefined,
    lane: 'decision',
  });
  if (outcome.kind === 'notFound') return 'gone';
  if (outcome.kind === 'notLeader') return 'notLeader';
  if (outcome.kind !== 'done') return 'unknown';
  if (stringAt(outcome.object, ['metadata', 'uid']) !== pod.uid) return 'gone';
  const place = stringAt(outcome.object, ['spec', 'nodeName']);
  if (place === node) return 'bound';
  if (place !== '') return 'elsewhere';
  return memberAt(outcome.object, 'metadata', 'deletionTimestamp') === undefined ? 'unbound' : 'gone';
}

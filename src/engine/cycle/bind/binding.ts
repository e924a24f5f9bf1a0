import { cardAnnotations } from '../../../api/cards/card-annotations.ts';
import { BIND_PLAN_ID_ANNOTATION } from '../../../api/keys.ts';
import { decisionAnnotation } from '../../../api/numa/topology-decision.ts';
import { PODS } from '../../../api/resources.ts';
import type { CardChoice } from '../../../api/records/card-records.ts';
import type { ZoneShare } from '../../../api/records/numa-records.ts';
import type { PodRecord } from '../../../api/records/pod-record.ts';
import { memberAt, stringAt } from '../../../lib/json.ts';
import { retry } from '../../../lib/retry.ts';
import type { Clock, ClusterWriter, WriteRequest } from '../../ports.ts';

/** How one binding ended: the pod sits on its node, it is not there, or the fate of it stayed unknown. */
export type BindingEnd = 'bound' | 'unbound' | 'refused' | 'gone' | 'elsewhere' | 'unknown' | 'notLeader';

/** Where the pod goes, and what is told with it. */
export interface BindingPlace {
  readonly node: string;
  /** Empty: of no plan. */
  readonly planId: string;
  readonly cards?: CardChoice | undefined;
  readonly numa?: readonly ZoneShare[] | undefined;
}

export interface BindingPorts {
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  /** The API server does not take the binding, and says why. */
  readonly onRefused?: (message: string) => void;
}

/** A binding whose answer got lost is asked about and tried again for this long. */
const BINDING_DEADLINE_MS = 60_000;
const PAUSES = { minMs: 250, maxMs: 4000 };

/** An attempt that has no end yet may be repeated after so long. */
type Attempt = BindingEnd | { readonly againAfterMs: number };

/** Sends one binding and stays with it until its end is known: an ambiguous answer is settled by reading the pod. */
export async function bindPod(ports: BindingPorts, pod: PodRecord, place: BindingPlace): Promise<BindingEnd> {
  const { clock } = ports;
  const deadlineMs = clock.monotonicMs() + BINDING_DEADLINE_MS;
  const last = await retry(() => attempt(ports, pod, place), {
    bounds: PAUSES,
    wait: (delayMs) => new Promise((resolve) => void clock.after(delayMs, resolve)),
    pauseAfter: (end) => (typeof end === 'string' ? undefined : end.againAfterMs),
    hasTime: (delayMs) => clock.monotonicMs() + delayMs <= deadlineMs,
  });
  return typeof last === 'string' ? last : 'unknown';
}

async function attempt(ports: BindingPorts, pod: PodRecord, place: BindingPlace): Promise<Attempt> {
  const outcome = await ports.writer.write(bindingRequest(pod, place, ports.clock.nowMs()));
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
    case 'throttled':
      return { againAfterMs: outcome.retryAfterMs };
    default:
  }
  const seen = await readPlace(ports.writer, pod, place.node);
  if (seen !== 'unbound' && seen !== 'unknown') return seen;
  return seen === 'unbound' && outcome.kind === 'conflict' ? 'unbound' : { againAfterMs: 0 };
}

/** The UID makes the binding meet this very pod, not a later one of the same name. */
function bindingRequest(pod: PodRecord, { node, planId, cards, numa }: BindingPlace, nowMs: number): WriteRequest {
  const scheme = pod.cards?.wish?.scheme;
  const annotations = {
    ...(planId === '' ? {} : { [BIND_PLAN_ID_ANNOTATION]: planId }),
    ...(cards === undefined || scheme === undefined ? {} : cardAnnotations(scheme, cards, { node, nowMs })),
    ...(numa === undefined ? {} : decisionAnnotation(numa)),
  };
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
      metadata: {
        name: pod.name,
        namespace: pod.namespace,
        uid: pod.uid,
        ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      },
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

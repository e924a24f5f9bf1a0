import { parseAmounts } from '../../src/api/amounts.ts';
import type { PlannedTask } from '../../src/api/group-plan.ts';
import {
  SPARK_APP_LABEL,
  SPARK_EXECUTOR_RESOURCES_ANNOTATION,
  SPARK_MIN_EXECUTORS_ANNOTATION,
  SPARK_ROLE_LABEL,
} from '../../src/api/keys.ts';
import { podRequests } from '../../src/api/projections/pod-requests.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { ClusterView } from '../admission.ts';
import type { DenyVerdict } from '../verdict.ts';
import { dnsLabel, MAX_NAME_LENGTH, NONCE_LENGTH } from '../group-name.ts';
import { digest } from '../../src/lib/digest.ts';
import { roomFor, sumOfRoom } from '../room.ts';
import { joins, plans } from '../pods/membership.ts';
import type { Membership } from '../pods/membership.ts';
import { text } from '../pods/pod-facts.ts';
import type { PodFacts } from '../pods/pod-facts.ts';
import { refuse } from '../verdict.ts';
import { MAX_COUNT, wholeNumberAnnotation } from '../whole-number.ts';
import type { PodFramework } from './framework.ts';
import { executorsAtStart, executorSize, readSparkConf } from './spark-conf.ts';

/**
 * Spark's own Kubernetes mode (spark-submit, and operators built on it). The driver asks for its executors once it
 * runs, so the quorum is stage-wise: the driver starts alone, the executors' minimum opens behind it. Both count in what
 * the group asks room for, or drivers would take the room that their executors need.
 */
export const SPARK: PodFramework = {
  name: 'spark',
  matches: (pod) => text(pod.labels, SPARK_APP_LABEL) !== '' && ROLES.has(text(pod.labels, SPARK_ROLE_LABEL)),
  membership: (pod, view) => (text(pod.labels, SPARK_ROLE_LABEL) === DRIVER ? driver(pod) : executor(pod, view)),
};

/**
 * The group of a Spark application, from its id alone: executors must arrive at the driver's name without a nonce.
 * An id that is no name as it stands, or is too long for one, is told apart by a digest of all of it.
 */
export function sparkGroup(appId: string): string {
  const isUsual =
    appId.startsWith(PREFIX) && appId.length <= MAX_NAME_LENGTH && dnsLabel(appId, MAX_NAME_LENGTH) === appId;
  if (isUsual) return appId;
  const stem = appId.startsWith(PREFIX) ? appId.slice(PREFIX.length) : appId;
  const id = digest(appId, NONCE_LENGTH);
  const label = dnsLabel(stem, MAX_NAME_LENGTH - PREFIX.length - id.length - 1);
  return label === '' ? `${PREFIX}${id}` : `${PREFIX}${label}-${id}`;
}

const PREFIX = 'spark-';
const DRIVER = 'driver';
const EXECUTOR = 'executor';
const ROLES: ReadonlySet<string> = new Set([DRIVER, EXECUTOR]);

/**
 * Spark's feature step for Volcano gives all pods this group's name, but makes the PodGroup only in cluster mode: what
 * it does not make is planned here.
 */
function groupOf(pod: PodFacts): string {
  const appId = text(pod.labels, SPARK_APP_LABEL);
  return pod.group === `${appId}-podgroup` ? pod.group : sparkGroup(appId);
}

function driver(pod: PodFacts): Membership | DenyVerdict {
  const bounds = { min: 0, max: MAX_COUNT };
  const named = wholeNumberAnnotation(pod.annotations, '', SPARK_MIN_EXECUTORS_ANNOTATION, bounds);
  if (named.kind === 'deny') return named;
  const size = declaredSize(pod);
  if ('kind' in size) return size;
  const conf = readSparkConf(pod.spec);
  const executors = named.value ?? executorsAtStart(conf) ?? 0;
  const tasks: readonly PlannedTask[] = [
    { name: DRIVER, min: 1, stage: 0 },
    { name: EXECUTOR, min: executors, stage: 1 },
  ];
  const executorRoom = roomFor(size.amounts ?? executorSize(conf, pod.spec), executors);
  const room = sumOfRoom(roomFor(podRequests(pod.spec), 1), executorRoom);
  return plans('spark', groupOf(pod), DRIVER, { tasks, room, owner: 'root' });
}

/**
 * In client mode no driver pod plans the group (the driver is a notebook, say), so the executors do. The group goes with
 * their owner, the pod that the driver runs in, if there is one.
 */
function executor(pod: PodFacts, view: ClusterView): Membership {
  const group = groupOf(pod);
  if (view.group(pod.namespace, group)?.tasks.has(DRIVER) === true) return joins('spark', group, EXECUTOR, false);
  const tasks = [{ name: EXECUTOR, min: 1, stage: 0 }];
  return plans('spark', group, EXECUTOR, { tasks, room: roomFor(podRequests(pod.spec), 1), owner: 'controller' });
}

/** The size of an executor that the driver's annotation gives (`cpu=2,memory=4Gi`); none when it is absent. */
function declaredSize(pod: PodFacts): { readonly amounts: ResourceAmounts | undefined } | DenyVerdict {
  const written = text(pod.annotations, SPARK_EXECUTOR_RESOURCES_ANNOTATION);
  if (written === '') return { amounts: undefined };
  const list = Object.fromEntries(written.split(',').map((part) => splitPair(part.trim())));
  const { amounts, errors } = parseAmounts(list, 'up');
  if (errors.length === 0 && !amounts.has('')) return { amounts };
  const path = keyPath('metadata.annotations', SPARK_EXECUTOR_RESOURCES_ANNOTATION);
  const message = 'must be a list of resources such as cpu=2,memory=4Gi';
  return refuse('InvalidResources', fieldError(path, 'FieldValueInvalid', written, message));
}

function splitPair(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

import type { PlannedTask } from '../../src/api/group-plan.ts';
import { SPARK_APP_LABEL, SPARK_MIN_EXECUTORS_ANNOTATION, SPARK_ROLE_LABEL } from '../../src/api/keys.ts';
import type { DenyVerdict } from '../admission.ts';
import { digest, dnsLabel, MAX_NAME_LENGTH } from '../group-name.ts';
import { plans } from '../pods/membership.ts';
import type { Membership } from '../pods/membership.ts';
import { text } from '../pods/pod-facts.ts';
import type { PodFacts } from '../pods/pod-facts.ts';
import { MAX_COUNT, wholeNumberAnnotation } from '../whole-number.ts';
import type { PodFramework } from './framework.ts';

/**
 * Spark's own Kubernetes mode (spark-submit, and operators built on it). The driver asks for its executors once it
 * runs, so the quorum is stage-wise: the driver starts alone, the executors' minimum opens behind it.
 */
export const SPARK: PodFramework = {
  name: 'spark',
  matches: (pod) => text(pod.labels, SPARK_APP_LABEL) !== '' && ROLES.has(text(pod.labels, SPARK_ROLE_LABEL)),
  membership: (pod) => (text(pod.labels, SPARK_ROLE_LABEL) === DRIVER ? driver(pod) : executor(pod)),
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
  const id = digest(appId);
  const label = dnsLabel(stem, MAX_NAME_LENGTH - PREFIX.length - id.length - 1);
  return label === '' ? `${PREFIX}${id}` : `${PREFIX}${label}-${id}`;
}

const PREFIX = 'spark-';
const DRIVER = 'driver';
const EXECUTOR = 'executor';
const ROLES: ReadonlySet<string> = new Set([DRIVER, EXECUTOR]);

function driver(pod: PodFacts): Membership | DenyVerdict {
  const bounds = { min: 0, max: MAX_COUNT };
  const executors = wholeNumberAnnotation(pod.pod, '', SPARK_MIN_EXECUTORS_ANNOTATION, bounds);
  if (executors.kind === 'deny') return executors;
  const tasks: readonly PlannedTask[] = [
    { name: DRIVER, min: 1, stage: 0 },
    { name: EXECUTOR, min: executors.value ?? 0, stage: 1 },
  ];
  return plans('spark', sparkGroup(text(pod.labels, SPARK_APP_LABEL)), DRIVER, { tasks, first: 1, shared: false });
}

/** In client mode no driver pod plans the group (the driver is a notebook, say), so the first executor does. */
function executor(pod: PodFacts): Membership {
  const tasks = [{ name: EXECUTOR, min: 1, stage: 0 }];
  return plans('spark', sparkGroup(text(pod.labels, SPARK_APP_LABEL)), EXECUTOR, { tasks, first: 1, shared: true });
}

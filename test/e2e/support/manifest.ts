import {
  ADMISSION_ENABLED,
  ADMISSION_LABEL,
  GROUP_NAME_ANNOTATION,
  QUEUE_NAME_ANNOTATION,
  QUEUE_NAME_LABEL,
  TASK_SPEC_KEY,
} from '../../../src/api/keys.ts';
import { apiVersion, PRIORITY_CLASSES } from '../../../src/api/resources.ts';
import { stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';

/** Applies objects with kubectl and gives back what it said; throws where it refuses. */
export async function applied(plane: ControlPlane, ...objects: readonly object[]): Promise<string> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  const { code, stdout, stderr } = await plane.kubectl(['apply', '-f', '-'], JSON.stringify(list));
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

/** A namespace that Sluice looks after. */
export function optedInNamespace(name: string, annotations: Readonly<Record<string, string>> = {}): object {
  const labels = { [ADMISSION_LABEL]: ADMISSION_ENABLED };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels, annotations } };
}

/** A Queue below the root. */
export function queue(name: string, spec: object = {}): object {
  return {
    apiVersion: 'scheduling.volcano.sh/v1beta1',
    kind: 'Queue',
    metadata: { name },
    spec: { weight: 1, ...spec },
  };
}

/** A PriorityClass that is nobody's default. */
export function priorityClass(name: string, value: number): object {
  return { apiVersion: apiVersion(PRIORITY_CLASSES), kind: PRIORITY_CLASSES.kind, metadata: { name }, value };
}

/** Labels and annotations of a root object or a pod. */
interface Marks {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An ordinary Job whose pods run until they are deleted. */
export function job(
  name: string,
  size: number,
  marks: Marks = {},
  limits: Readonly<Record<string, string>> = {},
): JobManifest {
  const resources = { requests: { cpu: '100m' }, ...(Object.keys(limits).length > 0 ? { limits } : {}) };
  const containers = [{ name: 'main', image: 'none', resources }];
  const template = { spec: { restartPolicy: 'Never', containers } };
  const spec = { parallelism: size, completions: size, template };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name, ...marks }, spec };
}

/** A bare pod that runs until it is deleted. */
export function pod(name: string, marks: Marks = {}, schedulerName?: string): Manifest {
  const containers = [{ name: 'main', image: 'none', resources: { requests: { cpu: '100m' } } }];
  const scheduler = schedulerName === undefined ? {} : { schedulerName };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...marks },
    spec: { restartPolicy: 'Never', ...scheduler, containers },
  };
}

/** An object to be applied. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
  readonly spec: object;
}

interface JobManifest extends Manifest {
  readonly spec: {
    readonly parallelism: number;
    readonly completions: number;
    readonly template: { readonly spec: object };
  };
}

/** The object in a namespace. */
export function inNamespace(namespace: string, object: Manifest): object {
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** What the webhooks write into a pod. */
export function stampOf(pod: JsonObject): object {
  const of = (map: string, key: string): string => stringAt(pod, ['metadata', map, key]);
  return {
    scheduler: stringAt(pod, ['spec', 'schedulerName']),
    group: of('annotations', GROUP_NAME_ANNOTATION),
    queue: of('annotations', QUEUE_NAME_ANNOTATION),
    queueLabel: of('labels', QUEUE_NAME_LABEL),
    task: of('labels', TASK_SPEC_KEY),
  };
}

/** The object as text, without what differs between any two objects: names of namespaces, UIDs, versions, times. */
export function comparable(object: JsonObject): string {
  const { uid, namespace } = {
    uid: stringAt(object, ['metadata', 'uid']),
    namespace: stringAt(object, ['metadata', 'namespace']),
  };
  const ownMembers = new Set(['managedFields', 'status', 'resourceVersion', 'creationTimestamp']);
  const text = JSON.stringify(object, (key, value: unknown) => (ownMembers.has(key) ? undefined : value));
  return text
    .replaceAll(uid, 'UID')
    .replaceAll(`"${namespace}"`, '"NAMESPACE"')
    .replaceAll(`\\"${namespace}\\"`, '\\"NAMESPACE\\"');
}

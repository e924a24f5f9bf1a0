import { readdir, readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { WorkloadKindSpec } from '../../../src/api/kinds/workload-kind.ts';
import { BUILT_IN_KINDS, kindFinder } from '../../../webhooks/frameworks/workload-kinds.ts';

const FOLDER = new URL('../../../examples/frameworks/', import.meta.url);

/** What is to become of an example: minimum and stage by role, and pods by their labels. */
export interface FrameworkCase {
  readonly roles: Readonly<Record<string, readonly [min: number, stage: number]>>;
  /** Labels of a pod as its controller writes them, and the role that it has by them. */
  readonly pods: readonly (readonly [labels: JsonObject, role: string])[];
}

const TRAINING = (role: string): readonly [JsonObject, string] => [
  { 'training.kubeflow.org/replica-type': role },
  role,
];

/** Examples whose object is one gang, by folder. */
export const GANGS: Readonly<Record<string, FrameworkCase>> = {
  pytorchjob: { roles: { master: [1, 0], worker: [3, 0] }, pods: [TRAINING('master'), TRAINING('worker')] },
  'pytorchjob-elastic': { roles: { worker: [2, 0] }, pods: [TRAINING('worker')] },
  tfjob: {
    roles: { chief: [1, 0], ps: [2, 0], worker: [1, 0] },
    pods: [TRAINING('chief'), TRAINING('ps'), TRAINING('worker')],
  },
  xgboostjob: { roles: { master: [1, 0], worker: [2, 0] }, pods: [TRAINING('master')] },
  paddlejob: { roles: { master: [1, 0], worker: [2, 0] }, pods: [TRAINING('worker')] },
  jaxjob: { roles: { worker: [4, 0] }, pods: [TRAINING('worker')] },
  mpijob: {
    roles: { launcher: [1, 1], worker: [2, 0] },
    pods: [[{ 'training.kubeflow.org/job-role': 'worker' }, 'worker']],
  },
  notebook: { roles: { notebook: [1, 0] }, pods: [[{ 'notebook-name': 'lab' }, 'notebook']] },
  jobset: {
    roles: { driver: [1, 0], workers: [6, 1] },
    pods: [[{ 'jobset.sigs.k8s.io/replicatedjob-name': 'workers' }, 'workers']],
  },
  raycluster: {
    roles: { head: [1, 0], small: [2, 0], tpu: [4, 0], idle: [0, 0] },
    pods: [
      [{ 'ray.io/group': 'headgroup', 'ray.io/node-type': 'head' }, 'head'],
      [{ 'ray.io/group': 'small', 'ray.io/node-type': 'worker' }, 'small'],
    ],
  },
  rayjob: {
    roles: { head: [1, 0], small: [2, 0], submitter: [1, 1] },
    pods: [[{ 'ray.io/group': 'headgroup', 'ray.io/node-type': 'head' }, 'head']],
  },
  sparkapplication: {
    roles: { driver: [1, 0], executor: [2, 1] },
    pods: [[{ 'spark-role': 'driver', 'spark-app-selector': 'spark-0123abcd' }, 'driver']],
  },
  flinkdeployment: {
    roles: { jobmanager: [1, 0], taskmanager: [2, 1] },
    pods: [
      [{ component: 'jobmanager' }, 'jobmanager'],
      [{ component: 'taskmanager' }, 'taskmanager'],
    ],
  },
  podclique: { roles: { router: [1, 0] }, pods: [[{ 'grove.io/podclique': 'serve-0-router' }, 'router']] },
  'native-podgroup': { roles: { member: [3, 0] }, pods: [[{}, 'member']] },
  amljob: { roles: { worker: [4, 0] }, pods: [[{}, 'worker']] },
  daskcluster: {
    roles: { scheduler: [1, 0], worker: [3, 0] },
    pods: [
      [{ 'dask.org/component': 'scheduler' }, 'scheduler'],
      [{ 'dask.org/component': 'worker' }, 'worker'],
    ],
  },
  daskworkergroup: { roles: { worker: [2, 0] }, pods: [[{ 'dask.org/component': 'worker' }, 'worker']] },
  'knative-revision': {
    roles: { revision: [2, 0] },
    pods: [[{ 'serving.knative.dev/revision': 'api-00001' }, 'revision']],
  },
};

/** Examples that hand down their queue and are no gang themselves. */
export const HANDED_DOWN: readonly string[] = [
  'trainjob',
  'rayservice',
  'workflow',
  'cronworkflow',
  'scheduledworkflow',
  'taskrun',
  'pipelinerun',
  'appwrapper',
  'virtualmachineinstance',
  'virtualmachine',
  'seldondeployment',
  'daskjob',
  'scheduledsparkapplication',
  'knative-service',
  'knative-configuration',
  'podcliquescalinggroup',
  'dynamographdeployment',
  'dynamocomponentdeployment',
  'trainingworkload',
  'interactiveworkload',
  'distributedworkload',
  'inferenceworkload',
  'runaijob',
  'spotrequest',
  'devworkspace',
];

/** What is to become of an example with a gang a replica: of the first replica, and by labels that say the replica as well. */
export interface ReplicaCase extends FrameworkCase {
  readonly replica: string;
}

const GROVE = (clique: string): readonly [JsonObject, string] => [
  { 'grove.io/podcliqueset-replica-index': '0', 'grove.io/podclique': `serve-0-${clique}` },
  clique,
];
const LEADER_WORKER = (index: string, role: string): readonly [JsonObject, string] => [
  { 'leaderworkerset.sigs.k8s.io/group-index': '0', 'leaderworkerset.sigs.k8s.io/worker-index': index },
  role,
];

/** Examples with a gang a replica. */
export const REPLICAS: Readonly<Record<string, ReplicaCase>> = {
  leaderworkerset: {
    replica: '0',
    roles: { leader: [1, 0], worker: [3, 1] },
    pods: [LEADER_WORKER('0', 'leader'), LEADER_WORKER('1', 'worker')],
  },
  podcliqueset: {
    replica: '0',
    roles: { router: [1, 0], 'prefill-leader': [1, 0], 'prefill-worker': [3, 0] },
    pods: [GROVE('router'), GROVE('prefill-leader'), GROVE('prefill-worker')],
  },
};

/** Pods that nothing tells but their labels: the first one makes the others. */
export interface LabelCase extends FrameworkCase {
  readonly first: JsonObject;
  readonly others: readonly JsonObject[];
}

const SPARK_LABELS = (role: string): JsonObject => ({ 'spark-role': role, 'spark-app-selector': 'spark-0123abcd' });

/** Frameworks that are known by the labels of their pods. */
export const BY_LABELS: Readonly<Record<string, LabelCase>> = {
  'Spark without an operator': {
    roles: { driver: [1, 0], executor: [2, 1] },
    pods: [
      [SPARK_LABELS('driver'), 'driver'],
      [SPARK_LABELS('executor'), 'executor'],
    ],
    first: plainPod(
      'pi-driver',
      { ...SPARK_LABELS('driver'), 'volcano.sh/queue-name': 'research' },
      { 'sluice.dev/spark-min-executors': '2' },
    ),
    others: [plainPod('pi-exec-1', SPARK_LABELS('executor'))],
  },
};

function plainPod(name: string, labels: JsonObject, annotations: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels, annotations },
    spec: { containers: [{ name: 'main', resources: { requests: { cpu: '1' } } }] },
  };
}

export async function exampleNames(): Promise<readonly string[]> {
  return (await readdir(FOLDER)).toSorted();
}

/** The object of an example. */
export async function example(name: string): Promise<JsonObject> {
  const text = await readFile(new URL(`${name}/${name}.yaml`, FOLDER), 'utf8');
  const [first] = parseAllDocuments(text).map((document) => document.toJS() as JsonObject);
  if (first === undefined) throw new Error(`no example ${name}`);
  return first;
}

/** The description of an object's kind. */
export function specOf(object: JsonObject): WorkloadKindSpec {
  const spec = kindFinder(BUILT_IN_KINDS)(stringAt(object, ['apiVersion']), stringAt(object, ['kind']));
  if (spec === undefined) throw new Error(`unknown kind ${stringAt(object, ['kind'])}`);
  return spec;
}

/** The object as the API server stores it, with a UID. */
export function stored(object: JsonObject, uid = 'root-uid'): JsonObject {
  return { ...object, metadata: { ...(object['metadata'] as JsonObject), uid } };
}

/** A pod as the object's controller makes it. */
export function podOf(owner: JsonObject, labels: JsonObject, name = 'pod-0'): JsonObject {
  const { apiVersion = '', kind = '' } = owner;
  const reference = {
    apiVersion,
    kind,
    name: stringAt(owner, ['metadata', 'name']),
    uid: stringAt(owner, ['metadata', 'uid']),
    controller: true,
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels, ownerReferences: [reference] },
    spec: { containers: [{ name: 'main', resources: { requests: { cpu: '1' } } }] },
  };
}

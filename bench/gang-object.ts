import type { JsonObject } from '../src/lib/json.ts';
import type { PodStyle } from './e2e-link.ts';

/** Whose pod it is: the gang's name stands for everything else. */
export interface PodPlace {
  readonly namespace: string;
  readonly gang: string;
  /** Default `default`. */
  readonly queue?: string;
  /** Of group and pods; none by default. */
  readonly priorityClassName?: string;
  /** UID of the gang's PodGroup, which owns pods of the style `owned`; empty for others. */
  readonly groupUid?: string;
}

/** One pod of a gang; each asks for a CPU and a gibibyte. */
export function podObject(place: PodPlace, name: string, style: PodStyle): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: place.namespace, ...metadata(place, style) },
    spec: {
      ...spec(style),
      ...priorityOf(place),
      ...(style === 'native' ? { schedulingGroup: { podGroupName: place.gang } } : {}),
    },
  };
}

/** The gang as a Job of the job controller. */
export function jobObject(place: PodPlace, pods: number, style: PodStyle): JsonObject {
  // The Job's own review stamps the template; whoever has no such review needs a template as it will be.
  const isPlain = style === 'named' || style === 'owned';
  const templateSpec = { ...spec(isPlain ? 'plain' : style), restartPolicy: 'Never' };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: place.gang, namespace: place.namespace },
    spec: {
      parallelism: pods,
      completions: pods,
      template: { metadata: isPlain ? {} : metadata(place, style), spec: templateSpec },
    },
  };
}

/** A Job of Volcano with one task. */
export function vcjobObject(place: PodPlace, pods: number): JsonObject {
  const template = { spec: { ...spec('plain'), restartPolicy: 'Never' } };
  return {
    apiVersion: 'batch.volcano.sh/v1alpha1',
    kind: 'Job',
    metadata: { name: place.gang, namespace: place.namespace },
    spec: { minAvailable: pods, tasks: [{ name: 'worker', replicas: pods, template }] },
  };
}

/** Where PodGroups of the style are created. */
export function podGroupsPath(namespace: string, style: PodStyle): string {
  return `/apis/${groupApi(style)}/namespaces/${namespace}/podgroups`;
}

/** The PodGroup of a gang. */
export function podGroupObject(place: PodPlace, minMember: number, style: PodStyle): JsonObject {
  const { namespace, gang, queue = 'default' } = place;
  const kinds = { apiVersion: groupApi(style), kind: 'PodGroup', metadata: { name: gang, namespace } };
  if (style === 'native') {
    const schedulingPolicy = { gang: { minCount: minMember } };
    return { ...kinds, spec: { schedulingPolicy, disruptionMode: { all: {} }, ...priorityOf(place) } };
  }
  const minResources = { cpu: String(minMember), memory: `${minMember}Gi` };
  return { ...kinds, spec: { minMember, queue, minResources, ...priorityOf(place) } };
}

function groupApi(style: PodStyle): string {
  return style === 'native' ? 'scheduling.k8s.io/v1beta1' : 'scheduling.volcano.sh/v1beta1';
}

function priorityOf({ priorityClassName }: PodPlace): JsonObject {
  return priorityClassName === undefined ? {} : { priorityClassName };
}

/** The same bytes for all contenders as far as they can be: only what the scheduler needs differs. */
function metadata({ gang, groupUid, queue = 'default' }: PodPlace, style: PodStyle): JsonObject {
  const stampLabels = { 'volcano.sh/queue-name': queue, 'volcano.sh/task-spec': 'worker' };
  const stampAnnotations = { 'scheduling.volcano.sh/queue-name': queue, 'volcano.sh/task-spec': 'worker' };
  const isStamped = style === 'stamped' || style === 'owned';
  const owner = {
    apiVersion: 'scheduling.volcano.sh/v1beta1',
    kind: 'PodGroup',
    name: gang,
    uid: groupUid ?? '',
    controller: true,
  };
  return {
    labels: { app: 'bench', gang, ...(isStamped ? stampLabels : {}) },
    annotations: { 'scheduling.k8s.io/group-name': gang, ...(isStamped ? stampAnnotations : {}) },
    ...(style === 'owned' ? { ownerReferences: [owner] } : {}),
  };
}

function spec(style: PodStyle): JsonObject {
  return {
    ...(style === 'stamped' || style === 'owned' ? { schedulerName: 'sluice' } : {}),
    // A bare pod that nobody binds but us: kube-scheduler is not even there, but the name says it.
    ...(style === 'bare' ? { schedulerName: 'nobody' } : {}),
    containers: [
      {
        name: 'worker',
        image: 'registry.example.org/team/training:2026.09.1',
        resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } },
      },
    ],
  };
}

import type { JsonObject } from '../src/lib/json.ts';
import type { PodStyle } from './e2e-link.ts';

/** Whose pod it is: the gang's name stands for everything else. */
export interface PodPlace {
  readonly namespace: string;
  readonly gang: string;
  /** UID of the gang's PodGroup, which owns pods of the style `owned`; empty for others. */
  readonly groupUid?: string;
}

/** One pod of a gang; each asks for a CPU and a gibibyte. */
export function podObject(place: PodPlace, name: string, style: PodStyle): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: place.namespace, ...metadata(place, style) },
    spec: spec(style),
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

/** The PodGroup of a gang. */
export function podGroupObject({ namespace, gang }: PodPlace, minMember: number): JsonObject {
  return {
    apiVersion: 'scheduling.volcano.sh/v1beta1',
    kind: 'PodGroup',
    metadata: { name: gang, namespace },
    spec: { minMember, queue: 'default', minResources: { cpu: String(minMember), memory: `${minMember}Gi` } },
  };
}

/** The same bytes for all contenders as far as they can be: only what the scheduler needs differs. */
function metadata({ gang, groupUid }: PodPlace, style: PodStyle): JsonObject {
  const stampLabels = { 'volcano.sh/queue-name': 'default', 'volcano.sh/task-spec': 'worker' };
  const stampAnnotations = { 'scheduling.volcano.sh/queue-name': 'default', 'volcano.sh/task-spec': 'worker' };
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

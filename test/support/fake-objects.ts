import { GROUP_NAME_ANNOTATION, SLUICE_SCHEDULER } from '../../src/api/keys.ts';
import type { JsonObject } from '../../src/lib/json.ts';

/** A node with room for the given number of CPUs. */
export function rawNode(name: string, cpus: number): JsonObject {
  return {
    metadata: { name, uid: `node-${name}`, labels: { 'kubernetes.io/hostname': name } },
    spec: {},
    status: { allocatable: { cpu: String(cpus), memory: '64Gi', pods: '110' } },
  };
}

/** A pending pod of ours in namespace `ns` that asks for one CPU, member of `group`. */
export function rawPod(name: string, group: string, uid = `uid-${name}`): JsonObject {
  return {
    metadata: { name, namespace: 'ns', uid, annotations: { [GROUP_NAME_ANNOTATION]: group } },
    spec: {
      schedulerName: SLUICE_SCHEDULER,
      containers: [{ name: 'main', resources: { requests: { cpu: '1' } } }],
    },
    status: { phase: 'Pending' },
  };
}

/** A PodGroup in namespace `ns`. */
export function rawGroup(name: string, minMember: number, queue = 'default'): JsonObject {
  return { metadata: { name, namespace: 'ns', uid: `group-${name}` }, spec: { minMember, queue } };
}

/** An open queue. */
export function rawQueue(name: string): JsonObject {
  return { metadata: { name, uid: `queue-${name}` }, spec: { weight: 1 }, status: { state: 'Open', allocated: {} } };
}

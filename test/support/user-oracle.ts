import type { PodRecord } from '../../src/api/records/pod-record.ts';
import type { QueueRecord } from '../../src/api/records/queue-record.ts';
import type { SchedulingShape } from '../../src/api/records/scheduling-shape.ts';
import type { App, UserCluster } from './user-cluster.ts';
import { isFinished } from './user-cluster.ts';

/** Requests of the pods, by resource. */
export function sumOf(pods: Iterable<PodRecord>): Map<string, number> {
  const sum = new Map<string, number>();
  for (const { shape } of pods) {
    for (const [name, amount] of shape.requests) sum.set(name, (sum.get(name) ?? 0) + amount);
  }
  return sum;
}

/** Pods that take room on the node. */
export function holders(cluster: UserCluster, node: string): PodRecord[] {
  return [...cluster.pods.values()].filter((pod) => cluster.nodeOf(pod) === node && !isFinished(pod));
}

/** Members that are placed for good, or came to a good end. */
export function placedMembers(cluster: UserCluster, app: string): PodRecord[] {
  return cluster
    .podsOf(app)
    .filter((pod) => cluster.nodeOf(pod) !== '' && pod.phase !== 'Failed' && pod.phase !== 'Unknown')
    .filter((pod) => !pod.deleting || pod.phase === 'Succeeded');
}

/** Members that wait for a node. */
export function waitingMembers(cluster: UserCluster, app: string): PodRecord[] {
  return cluster
    .podsOf(app)
    .filter((pod) => cluster.nodeOf(pod) === '' && !isFinished(pod) && !pod.gated && !pod.deleting);
}

/** Requests that count against the queue: of its groups' pods, and of pods that name it and whose group is gone. */
export function heldByQueue(cluster: UserCluster, queue: string): Map<string, number> {
  const held = [...cluster.pods.values()].filter((pod) => cluster.nodeOf(pod) !== '' && !isFinished(pod));
  return sumOf(held.filter((pod) => (cluster.groups.get(`ns/${pod.group}`)?.queue ?? pod.queue) === queue));
}

/**
 * Whether an application that nobody competes with could start, or go on: its missing members are alike, the room for
 * them is counted node by node, and its queue may hold them. Undefined when its members differ, so that it is not known.
 */
export function couldStart(cluster: UserCluster, { name }: App): boolean | undefined {
  const group = cluster.groups.get(`ns/${name}`);
  const queue = cluster.queues.get(group?.queue ?? '');
  const waits = waitingMembers(cluster, name);
  const shape = waits[0]?.shape;
  if (group === undefined || shape === undefined || waits.some((pod) => pod.shape.key !== shape.key)) return undefined;
  if (group.rootState !== 'Active' || queue?.state !== 'Open') return false;
  const needed = missingOf(cluster, name);
  if (needed > waits.length || rolesShort(cluster, name)) return false;
  if (!mayHold(cluster, queue, shape, needed)) return false;
  let places = 0;
  for (const node of cluster.nodes.values()) {
    const fits = [...shape.nodeSelector].every(([label, value]) => node.labels.get(label) === value);
    if (fits && !node.unschedulable) places += placesOn(cluster, node.name, shape);
  }
  return places >= needed;
}

function mayHold(cluster: UserCluster, queue: QueueRecord, { requests }: SchedulingShape, pods: number): boolean {
  const held = heldByQueue(cluster, queue.name);
  return [...requests].every(([resource, amount]) => {
    const most = Math.min(queue.capability?.get(resource) ?? Infinity, unreserved(cluster, queue.name, resource));
    return (held.get(resource) ?? 0) + pods * amount <= most;
  });
}

function placesOn(cluster: UserCluster, node: string, shape: SchedulingShape): number {
  const all = holders(cluster, node);
  const used = sumOf(all);
  const withPort = shape.hostPorts.length > 0;
  let places = Infinity;
  for (const [resource, amount] of shape.requests) {
    const free = (cluster.nodes.get(node)?.allocatable.get(resource) ?? 0) - (used.get(resource) ?? 0);
    if (amount > 0) places = Math.min(places, Math.max(0, Math.floor(free / amount)));
  }
  if (!withPort) return places;
  return all.some((pod) => pod.shape.hostPorts.length > 0) ? 0 : Math.min(places, 1);
}

/** Of the cluster's resource, what no other queue is guaranteed. */
function unreserved(cluster: UserCluster, queue: string, resource: string): number {
  let all = 0;
  for (const node of cluster.nodes.values()) all += node.allocatable.get(resource) ?? 0;
  for (const other of cluster.queues.values()) if (other.name !== queue) all -= other.guarantee?.get(resource) ?? 0;
  return all;
}

/** How many more must be placed together; one when the group is whole already. */
function missingOf(cluster: UserCluster, app: string): number {
  const group = cluster.groups.get(`ns/${app}`);
  const placed = placedMembers(cluster, app);
  let ofRoles = 0;
  for (const [role, min] of rolesOf(cluster, app)) {
    ofRoles += Math.max(0, min - placed.filter(({ task }) => task === role).length);
  }
  return Math.max(1, ofRoles, (group?.minMember ?? 0) - placed.length);
}

/** Some role has fewer pods than it needs, placed and waiting ones together. */
function rolesShort(cluster: UserCluster, app: string): boolean {
  const all = [...placedMembers(cluster, app), ...waitingMembers(cluster, app)];
  return [...rolesOf(cluster, app)].some(([role, min]) => all.filter(({ task }) => task === role).length < min);
}

/** The roles' minima; they hold only when the group's own minimum covers their sum. */
export function rolesOf(cluster: UserCluster, app: string): ReadonlyMap<string, number> {
  const group = cluster.groups.get(`ns/${app}`);
  const sum = [...(group?.minTaskMember.values() ?? [])].reduce((a, b) => a + b, 0);
  return group === undefined || sum > group.minMember ? new Map<string, number>() : group.minTaskMember;
}

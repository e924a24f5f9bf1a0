import type { PodRecord } from '../../src/api/records/pod-record.ts';
import type { GangDecision } from '../../src/scheduler/session/decision.ts';
import type { Outcome } from './scheduler-world.ts';
import type { UserCluster } from './user-cluster.ts';
import { heldByQueue, holders, placedMembers, rolesOf, sumOf, waitingMembers } from './user-oracle.ts';

/** Looks at the records alone and says what must never be after a cycle; it knows nothing of the core's ledgers. */
export function complaints(cluster: UserCluster, outcome: Outcome): string[] {
  const out: string[] = [];
  for (const decision of outcome.decisions) {
    if (decision.kind !== 'gang') continue;
    out.push(...gangComplaints(cluster, decision), ...placeComplaints(cluster, decision));
  }
  return [
    ...out,
    ...promiseComplaints(cluster, outcome),
    ...silence(cluster, outcome),
    ...statusComplaints(cluster, outcome),
  ];
}

function gangComplaints(cluster: UserCluster, { group: key, binds }: GangDecision): string[] {
  const group = cluster.groups.get(key);
  if (group === undefined) return [`${key} is bound and does not exist`];
  const out: string[] = [];
  const placed = placedMembers(cluster, group.name);
  if (binds.length === 0) out.push(`${key} is told to bind nothing`);
  if (placed.length < group.minMember) out.push(`${key} has ${placed.length} of ${group.minMember}`);
  for (const [role, min] of rolesOf(cluster, group.name)) {
    const ofRole = placed.filter(({ task }) => task === role).length;
    if (ofRole < min) out.push(`${key} has ${ofRole} of ${min} ${role}`);
  }
  if (group.rootState !== 'Active') out.push(`${key} is bound and is ${group.rootState}`);
  const queue = cluster.queues.get(group.queue);
  if (queue?.state !== 'Open') out.push(`${key} is bound in queue ${group.queue}, which is not open`);
  const held = heldByQueue(cluster, group.queue);
  for (const [name, most] of queue?.capability ?? []) {
    const isAsked = binds.some(({ uid }) => cluster.pods.get(uid)?.shape.requests.has(name));
    if (isAsked && (held.get(name) ?? 0) > most)
      out.push(`queue ${group.queue} holds ${held.get(name)} of ${most} ${name}`);
  }
  return out;
}

function placeComplaints(cluster: UserCluster, { binds }: GangDecision): string[] {
  const out: string[] = [];
  for (const { uid, pod: key, node: name } of binds) {
    const pod = cluster.pods.get(uid);
    const node = cluster.nodes.get(name);
    if (pod === undefined || node === undefined) {
      out.push(`${key} is bound to ${name}: one of them does not exist`);
      continue;
    }
    if (pod.nodeName !== '' || pod.gated || pod.deleting) out.push(`${key} is bound and does not wait`);
    if (node.unschedulable) out.push(`${key} is bound to ${name}, which is cordoned`);
    for (const [label, value] of pod.shape.nodeSelector) {
      if (node.labels.get(label) !== value) out.push(`${key} is bound to ${name}, which it does not want`);
    }
    const all = holders(cluster, name);
    for (const [resource, used] of sumOf(all)) {
      const room = node.allocatable.get(resource) ?? 0;
      if (used > room && pod.shape.requests.has(resource)) out.push(`${name} holds ${used} of ${room} ${resource}`);
    }
    if (pod.shape.hostPorts.length > 0 && all.filter(({ shape }) => shape.hostPorts.length > 0).length > 1) {
      out.push(`${name} gives a port twice`);
    }
  }
  return out;
}

/** What is promised fits once all that is being deleted is gone. */
function promiseComplaints(cluster: UserCluster, { pipelined }: Outcome): string[] {
  const out: string[] = [];
  for (const name of new Set(Object.values(pipelined))) {
    const promised = Object.keys(pipelined).filter((pod) => pipelined[pod] === name);
    const pods = promised.flatMap((pod) => cluster.pods.get(`uid-${pod}`) ?? []);
    const used = sumOf([...holders(cluster, name).filter((pod) => !pod.deleting), ...pods]);
    for (const pod of pods) {
      for (const resource of pod.shape.requests.keys()) {
        const room = cluster.nodes.get(name)?.allocatable.get(resource) ?? 0;
        if ((used.get(resource) ?? 0) > room)
          out.push(`${name} promises ${resource} that it will not have to ${pod.key}`);
      }
    }
  }
  return out;
}

/** Who still waits after a cycle is told why. */
function silence(cluster: UserCluster, { refused }: Outcome): string[] {
  return [...cluster.groups.values()]
    .filter(({ name, rootState }) => rootState === 'Active' && waitingMembers(cluster, name).length > 0)
    .filter(({ name }) => !(name in refused))
    .map(({ key }) => `${key} waits and is not told why`);
}

function statusComplaints(cluster: UserCluster, { statuses }: Outcome): string[] {
  const out: string[] = [];
  for (const [name, { phase, running, succeeded, failed, condition }] of statuses) {
    const pods = cluster.podsOf(name);
    const count = (isCounted: (pod: PodRecord) => boolean): number => pods.filter(isCounted).length;
    const told = `${running} ${succeeded} ${failed}`;
    const real = [
      count((pod) => pod.phase === 'Running' && !pod.deleting && pod.nodeName !== ''),
      count((pod) => pod.phase === 'Succeeded' && pod.nodeName !== ''),
      count((pod) => pod.phase === 'Failed' && pod.nodeName !== ''),
    ].join(' ');
    if (told !== real) out.push(`${name} is told to have ${told} running, succeeded, failed and has ${real}`);
    const waits = waitingMembers(cluster, name).length;
    const group = cluster.groups.get(`ns/${name}`);
    if (phase === 'Completed' && waits > 0 && group?.rootState !== 'Ended') out.push(`${name} is completed and waits`);
    if (condition?.type === 'Scheduled' && placedMembers(cluster, name).length < (group?.minMember ?? 0)) {
      out.push(`${name} is said to be scheduled and lacks members`);
    }
  }
  return out;
}

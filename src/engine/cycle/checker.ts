import { SERVED_SCHEDULERS } from '../../api/keys.ts';
import type { NodeRecord } from '../../api/records/node-record.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import type { ResourceAmounts, TaintRecord, Toleration } from '../../api/records/scheduling-shape.ts';
import type { GangDecision } from '../../scheduler/session/decision.ts';

interface Charge {
  readonly node: string;
  readonly group: string;
  readonly amounts: ResourceAmounts;
  /** Not confirmed by the watch yet. */
  readonly isReserved: boolean;
}

/** What the checker reads of the cluster: the newest records, kept by the engine. */
export interface CheckerView {
  pod(uid: string): PodRecord | undefined;
  node(name: string): NodeRecord | undefined;
  group(key: string): PodGroupRecord | undefined;
  queue(name: string): QueueRecord | undefined;
}

/**
 * The last look before writes: no overcommit, no partial gang, no queue over its capability, no double bind, no bind to a
 * node that takes none. It keeps ledgers of its own from the watch and its reservations, and knows nothing of scores,
 * sessions or the snapshot, so that a fault in the core cannot hide in both.
 */
export class Checker {
  readonly #view: CheckerView;
  readonly #charges = new Map<string, Charge>();
  readonly #nodeUse = new Map<string, Map<string, number>>();
  readonly #groupUse = new Map<string, Map<string, number>>();
  readonly #queueUse = new Map<string, Map<string, number>>();
  readonly #queueOfGroup = new Map<string, string>();
  readonly #members = new Map<string, number>();
  /** Group of each pod that holds a node and is being deleted: it is a member no more. */
  readonly #leaving = new Map<string, string>();
  readonly #leavingMembers = new Map<string, number>();
  /** Group of each pod that ended well on a node: it holds nothing and still counts as a member. */
  readonly #succeeded = new Map<string, string>();
  readonly #succeededMembers = new Map<string, number>();

  constructor(view: CheckerView) {
    this.#view = view;
  }

  /** Follows the watch: what a pod holds now. A reservation lasts until the pod is seen bound, forgotten or gone. */
  observe(next: PodRecord | undefined, uid: string): void {
    this.#observeSuccess(next, uid);
    this.#observeLeaving(next, uid);
    const held = this.#charges.get(uid);
    if (next === undefined || !isHolding(next)) {
      if (held !== undefined && (next === undefined || next.nodeName !== '' || next.deleting || !held.isReserved))
        this.#drop(uid, held);
      return;
    }
    if (held !== undefined && isSame(held, next)) return;
    if (held !== undefined) this.#drop(uid, held);
    this.#add(uid, next, next.nodeName, false);
  }

  /** Follows the watch: which queue a group counts for. */
  observeGroup(next: PodGroupRecord | undefined, key: string): void {
    const old = this.#queueOfGroup.get(key);
    if (old === next?.queue) return;
    const use = this.#groupUse.get(key) ?? new Map<string, number>();
    if (old !== undefined) addTo(this.#queueUse, old, use, -1);
    if (next === undefined) {
      this.#queueOfGroup.delete(key);
      return;
    }
    this.#queueOfGroup.set(key, next.queue);
    addTo(this.#queueUse, next.queue, use, 1);
  }

  /** Reserves the gang's places, or tells the first invariant that they would break and reserves nothing. */
  reserve(gang: GangDecision): string | undefined {
    const problem = this.#check(gang);
    if (problem !== undefined) return problem;
    for (const bind of gang.binds) {
      const pod = this.#view.pod(bind.uid);
      if (pod !== undefined) this.#add(bind.uid, pod, bind.node, true);
    }
    return undefined;
  }

  /** A reserved binding did not happen. */
  release(uid: string): void {
    const held = this.#charges.get(uid);
    if (held?.isReserved === true) this.#drop(uid, held);
  }

  /** Pods of a group that hold a node or a reservation and are there to stay, or have succeeded on one. */
  members(group: string): number {
    const staying = (this.#members.get(group) ?? 0) - (this.#leavingMembers.get(group) ?? 0);
    return staying + (this.#succeededMembers.get(group) ?? 0);
  }

  #observeLeaving(next: PodRecord | undefined, uid: string): void {
    const group = next?.deleting === true && isHolding(next) ? groupKey(next) : '';
    move(this.#leaving, this.#leavingMembers, uid, group);
  }

  /** The status of a PodGroup has a count of these, too, but that lags behind the pods. */
  #observeSuccess(next: PodRecord | undefined, uid: string): void {
    const group = next?.phase === 'Succeeded' && next.nodeName !== '' ? groupKey(next) : '';
    move(this.#succeeded, this.#succeededMembers, uid, group);
  }

  #check(gang: GangDecision): string | undefined {
    const group = this.#view.group(gang.group);
    if (group === undefined) return `PodGroup ${gang.group} does not exist`;
    const nodeExtra = new Map<string, Map<string, number>>();
    const queueExtra = new Map<string, number>();
    const seen = new Set<string>();
    for (const bind of gang.binds) {
      const pod = this.#view.pod(bind.uid);
      const problem = this.#checkPod(bind.uid, pod, gang.group, seen) ?? this.#checkNode(bind.node, pod, nodeExtra);
      if (problem !== undefined) return `${bind.pod}: ${problem}`;
      addAll(queueExtra, pod?.shape.requests ?? new Map());
    }
    return this.#checkQueue(group, queueExtra) ?? this.#checkGang(group, gang);
  }

  #checkPod(uid: string, pod: PodRecord | undefined, group: string, seen: Set<string>): string | undefined {
    if (pod === undefined) return 'the pod does not exist';
    if (seen.has(uid) || this.#charges.has(uid)) return 'the pod is bound or being bound already';
    seen.add(uid);
    if (pod.deleting || pod.gated || pod.phase !== 'Pending') return 'the pod is deleted, gated or finished';
    return groupKey(pod) === group ? undefined : 'the pod belongs to another group';
  }

  #checkNode(name: string, pod: PodRecord | undefined, extra: Map<string, Map<string, number>>): string | undefined {
    const node = this.#view.node(name);
    if (node === undefined || pod === undefined) return `node ${name} does not exist`;
    const { tolerations, requests } = pod.shape;
    if (node.unschedulable && !covers(tolerations, UNSCHEDULABLE)) return `node ${name} is cordoned`;
    const taint = node.taints.find(
      ({ effect, ...rest }) => effect !== 'PreferNoSchedule' && !covers(tolerations, { ...rest, effect }),
    );
    if (taint !== undefined) return `node ${name} has the taint ${taint.key}`;
    let added = extra.get(name);
    if (added === undefined) extra.set(name, (added = new Map()));
    addAll(added, requests);
    for (const resource of requests.keys()) {
      const used = (this.#nodeUse.get(name)?.get(resource) ?? 0) + (added.get(resource) ?? 0);
      const room = node.allocatable.get(resource) ?? 0;
      if ((requests.get(resource) ?? 0) > 0 && used > room)
        return `node ${name} would hold ${used} of ${room} ${resource}`;
    }
    return undefined;
  }

  #checkQueue(group: PodGroupRecord, extra: Map<string, number>): string | undefined {
    const capability = this.#view.queue(group.queue)?.capability;
    for (const [resource, limit] of capability ?? []) {
      const used = (this.#queueUse.get(group.queue)?.get(resource) ?? 0) + (extra.get(resource) ?? 0);
      if ((extra.get(resource) ?? 0) > 0 && used > limit)
        return `queue ${group.queue} would hold ${used} of ${limit} ${resource}`;
    }
    return undefined;
  }

  #checkGang(group: PodGroupRecord, gang: GangDecision): string | undefined {
    const total = this.members(gang.group) + gang.binds.length;
    return total >= group.minMember
      ? undefined
      : `${total} of ${group.minMember} members of ${gang.group} would be bound`;
  }

  #add(uid: string, pod: PodRecord, node: string, isReserved: boolean): void {
    const group = groupKey(pod);
    this.#charges.set(uid, { node, group, amounts: pod.shape.requests, isReserved });
    this.#move(node, group, pod.shape.requests, 1);
  }

  #drop(uid: string, charge: Charge): void {
    this.#charges.delete(uid);
    this.#move(charge.node, charge.group, charge.amounts, -1);
  }

  #move(node: string, group: string, amounts: ResourceAmounts, sign: 1 | -1): void {
    addTo(this.#nodeUse, node, amounts, sign);
    if (group === '') return;
    this.#members.set(group, (this.#members.get(group) ?? 0) + sign);
    addTo(this.#groupUse, group, amounts, sign);
    const queue = this.#queueOfGroup.get(group);
    if (queue !== undefined) addTo(this.#queueUse, queue, amounts, sign);
    if (this.#members.get(group) !== 0) return;
    this.#members.delete(group);
    this.#groupUse.delete(group);
  }
}

const UNSCHEDULABLE: TaintRecord = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

function covers(tolerations: readonly Toleration[], taint: TaintRecord): boolean {
  return tolerations.some(({ key, operator, value, effect }) => {
    if (effect !== '' && effect !== taint.effect) return false;
    if (key === '') return operator === 'Exists';
    return key === taint.key && (operator === 'Exists' || value === taint.value);
  });
}

/** A pod may be resized in place, or be given to another group. */
function isSame(held: Charge, pod: PodRecord): boolean {
  const isSamePlace = !held.isReserved && held.node === pod.nodeName;
  return isSamePlace && held.amounts === pod.shape.requests && held.group === groupKey(pod);
}

function isHolding(pod: PodRecord): boolean {
  return pod.nodeName !== '' && pod.phase !== 'Succeeded' && pod.phase !== 'Failed';
}

/** The pod counts for the group now, for none when that is empty. */
function move(groups: Map<string, string>, counts: Map<string, number>, uid: string, group: string): void {
  const known = groups.get(uid) ?? '';
  if (group === known) return;
  if (known !== '') count(counts, known, -1);
  if (group !== '') count(counts, group, 1);
  if (group === '') groups.delete(uid);
  else groups.set(uid, group);
}

function count(counts: Map<string, number>, group: string, change: 1 | -1): void {
  const sum = (counts.get(group) ?? 0) + change;
  if (sum === 0) counts.delete(group);
  else counts.set(group, sum);
}

/** Empty for pods that others place: they only take room. */
function groupKey(pod: PodRecord): string {
  return pod.group === '' || !SERVED_SCHEDULERS.has(pod.schedulerName) ? '' : `${pod.namespace}/${pod.group}`;
}

function addAll(into: Map<string, number>, amounts: ResourceAmounts): void {
  for (const [resource, amount] of amounts) into.set(resource, (into.get(resource) ?? 0) + amount);
}

function addTo(ledger: Map<string, Map<string, number>>, key: string, amounts: ResourceAmounts, sign: 1 | -1): void {
  let use = ledger.get(key);
  if (use === undefined) ledger.set(key, (use = new Map()));
  for (const [resource, amount] of amounts) use.set(resource, (use.get(resource) ?? 0) + sign * amount);
}

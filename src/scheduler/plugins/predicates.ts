import type { TaintRecord, Toleration } from '../../api/records/scheduling-shape.ts';
import { Bitset } from '../../lib/bitset.ts';
import type { Plugin } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { TaskClass } from '../model/task-class.ts';

/** The taint that `spec.unschedulable` stands for: a pod that tolerates it may go to a cordoned node. */
const UNSCHEDULABLE_TAINT: TaintRecord = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

/**
 * Where a pod can run at all: cordons, taints, node selector and affinity, host ports, resources; and nowhere if it has
 * needs that are not looked at.
 */
export const predicates: Plugin = {
  name: 'predicates',
  make: (snapshot) => ({
    feasible: (taskClass, out) => {
      const { shape } = taskClass;
      if (shape.needs.length > 0) out.clear();
      if (!tolerates(shape.tolerations, UNSCHEDULABLE_TAINT)) out.subtract(snapshot.index.unschedulable);
      for (const { taint, nodes } of snapshot.index.taints()) {
        if (keepsAway(taint) && !tolerates(shape.tolerations, taint)) out.subtract(nodes);
      }
      out.intersect(matchingNodes(snapshot, taskClass));
    },
    feasibleNode: (taskClass, node) => {
      if (!snapshot.nodes.fits(node, taskClass)) return false;
      const ports = taskClass.shape.hostPorts;
      return ports.length === 0 || snapshot.index.portsFree(node, ports);
    },
    explain: (taskClass, reasons) => explain(snapshot, taskClass, reasons),
  }),
};

/** Whether one of the tolerations covers the taint (Kubernetes' rules: empty key with Exists covers all). */
export function tolerates(tolerations: readonly Toleration[], taint: TaintRecord): boolean {
  return tolerations.some(
    (toleration) =>
      (toleration.effect === '' || toleration.effect === taint.effect) &&
      (toleration.key === '' ? toleration.operator === 'Exists' : toleration.key === taint.key) &&
      (toleration.operator === 'Exists' || toleration.value === taint.value),
  );
}

/** A soft taint only makes a node less wanted. */
export function keepsAway(taint: TaintRecord): boolean {
  return taint.effect !== 'PreferNoSchedule';
}

function requiredNodes(snapshot: Snapshot, taskClass: TaskClass): Bitset {
  const any = new Bitset(snapshot.nodes.count);
  for (const term of taskClass.shape.requiredTerms ?? []) any.union(snapshot.index.matching(term));
  return any;
}

/** Each node names the first feature that rules it out, or else every resource that is short, as kube-scheduler does. */
function explain(snapshot: Snapshot, taskClass: TaskClass, reasons: Map<string, number>): void {
  const matching = matchingNodes(snapshot, taskClass);
  for (let n = 0; n < snapshot.nodes.count; n += 1) {
    const reason = refusingFeature(snapshot, taskClass, n, matching);
    if (reason === undefined) addShortages(snapshot, taskClass, n, reasons);
    else addReason(reasons, reason);
  }
}

/** Nodes that satisfy the class's node selector and required affinity. */
function matchingNodes(snapshot: Snapshot, taskClass: TaskClass): Bitset {
  const { shape } = taskClass;
  const matching = new Bitset(snapshot.nodes.count);
  matching.fill(snapshot.nodes.count);
  for (const [key, value] of shape.nodeSelector) matching.intersect(snapshot.index.withLabel(key, value));
  if (shape.requiredTerms !== undefined) matching.intersect(requiredNodes(snapshot, taskClass));
  return matching;
}

/** In kube-scheduler's order: cordon, taints, selector and affinity, ports. */
function refusingFeature(snapshot: Snapshot, taskClass: TaskClass, node: number, matching: Bitset): string | undefined {
  const { tolerations, hostPorts } = taskClass.shape;
  if (snapshot.index.unschedulable.has(node) && !tolerates(tolerations, UNSCHEDULABLE_TAINT)) {
    return 'node(s) were unschedulable';
  }
  for (const taint of snapshot.nodes.records[node]?.taints ?? []) {
    if (!keepsAway(taint) || tolerates(tolerations, taint)) continue;
    return `node(s) had untolerated taint {${taint.key}: ${taint.value}}`;
  }
  if (!matching.has(node)) return "node(s) didn't match Pod's node affinity/selector";
  if (hostPorts.length === 0 || snapshot.index.portsFree(node, hostPorts)) return undefined;
  return "node(s) didn't have free ports for the requested pod ports";
}

function addShortages(snapshot: Snapshot, taskClass: TaskClass, node: number, reasons: Map<string, number>): void {
  const { resources, amounts } = taskClass;
  for (let i = 0; i < resources.length; i += 1) {
    const r = resources[i] ?? 0;
    if ((snapshot.nodes.available[r]?.[node] ?? 0) >= (amounts[i] ?? 0)) continue;
    const name = snapshot.resources.name(r);
    addReason(reasons, name === 'pods' ? 'Too many pods' : `Insufficient ${name}`);
  }
}

function addReason(reasons: Map<string, number>, reason: string): void {
  reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
}

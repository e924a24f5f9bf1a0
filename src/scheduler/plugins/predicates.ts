import type { TaintRecord, Toleration } from '../../api/records/scheduling-shape.ts';
import { Bitset } from '../../lib/bitset.ts';
import type { Plugin } from '../plugin.ts';
import type { Snapshot } from '../snapshot.ts';
import type { TaskClass } from '../task-class.ts';

/** The taint that `spec.unschedulable` stands for: a pod that tolerates it may go to a cordoned node. */
const UNSCHEDULABLE_TAINT: TaintRecord = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

/** Where a pod can run at all: cordons, taints, node selector and affinity, host ports, resources. */
export const predicates: Plugin = {
  name: 'predicates',
  make: (snapshot) => ({
    feasible: (taskClass, out) => {
      const { shape } = taskClass;
      if (!tolerates(shape.tolerations, UNSCHEDULABLE_TAINT)) out.subtract(snapshot.index.unschedulable);
      for (const nodes of untolerated(snapshot, taskClass).values()) out.subtract(nodes);
      for (const [key, value] of shape.nodeSelector) out.intersect(snapshot.index.withLabel(key, value));
      if (shape.requiredTerms !== undefined) out.intersect(requiredNodes(snapshot, taskClass));
    },
    feasibleNode: (taskClass, node) => {
      if (!snapshot.nodes.fitsIdle(node, taskClass)) return false;
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

/** Nodes that a taint keeps the class from, by kube-scheduler's wording. */
function untolerated(snapshot: Snapshot, taskClass: TaskClass): Map<string, Bitset> {
  const out = new Map<string, Bitset>();
  for (const { taint, nodes } of snapshot.index.taints()) {
    if (taint.effect === 'PreferNoSchedule' || tolerates(taskClass.shape.tolerations, taint)) continue;
    out.set(`node(s) had untolerated taint {${taint.key}: ${taint.value}} (${taint.effect})`, nodes);
  }
  return out;
}

function requiredNodes(snapshot: Snapshot, taskClass: TaskClass): Bitset {
  const any = new Bitset(snapshot.nodes.count);
  for (const term of taskClass.shape.requiredTerms ?? []) any.union(snapshot.index.matching(term));
  return any;
}

/** Each node names the first feature that rules it out, or else every resource that is short, as kube-scheduler does. */
function explain(snapshot: Snapshot, taskClass: TaskClass, reasons: Map<string, number>): void {
  const { shape } = taskClass;
  const { nodes, index } = snapshot;
  const left = new Bitset(nodes.count);
  left.fill(nodes.count);
  const drop = (refused: Bitset, reason: string): void => {
    const before = left.size();
    left.subtract(refused);
    addReason(reasons, reason, before - left.size());
  };
  if (!tolerates(shape.tolerations, UNSCHEDULABLE_TAINT)) drop(index.unschedulable, 'node(s) were unschedulable');
  for (const [reason, tainted] of untolerated(snapshot, taskClass)) drop(tainted, reason.replace(/ \(\w+\)$/, ''));
  const matching = new Bitset(nodes.count);
  matching.fill(nodes.count);
  for (const [key, value] of shape.nodeSelector) matching.intersect(index.withLabel(key, value));
  if (shape.requiredTerms !== undefined) matching.intersect(requiredNodes(snapshot, taskClass));
  const unmatched = new Bitset(nodes.count);
  unmatched.fill(nodes.count);
  unmatched.subtract(matching);
  drop(unmatched, "node(s) didn't match Pod's node affinity/selector");
  for (let n = 0; n < nodes.count; n += 1) if (left.has(n)) explainNode(snapshot, taskClass, n, reasons);
}

function explainNode(snapshot: Snapshot, taskClass: TaskClass, node: number, reasons: Map<string, number>): void {
  const { resources, amounts, shape } = taskClass;
  if (shape.hostPorts.length > 0 && !snapshot.index.portsFree(node, shape.hostPorts)) {
    addReason(reasons, "node(s) didn't have free ports for the requested pod ports", 1);
    return;
  }
  for (let i = 0; i < resources.length; i += 1) {
    const r = resources[i] ?? 0;
    if ((snapshot.nodes.idle[r]?.[node] ?? 0) >= (amounts[i] ?? 0)) continue;
    const name = snapshot.resources.name(r);
    addReason(reasons, name === 'pods' ? 'Too many pods' : `Insufficient ${name}`, 1);
  }
}

function addReason(reasons: Map<string, number>, reason: string, nodes: number): void {
  if (nodes > 0) reasons.set(reason, (reasons.get(reason) ?? 0) + nodes);
}

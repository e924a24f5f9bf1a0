import type { TaintRecord } from '../../api/records/scheduling-shape.ts';
import type { Bitset } from '../../lib/bitset.ts';
import { switchArgument } from '../framework/plugin.ts';
import type { PlacementContext, Plugin, PluginHooks } from '../framework/plugin.ts';
import { KeptProportions } from './kept-proportions.ts';
import type { ProportionKeys } from './kept-proportions.ts';
import { podRuleHooks } from './pod-rules.ts';
import { podDeviceClaimHooks } from './pod-device-claims.ts';
import { podVolumeHooks } from './pod-volumes.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';
import { matchingNodes, subtractTainted } from '../placement/class-nodes.ts';
import { tolerates } from '../placement/taints.ts';

/** The taint that `spec.unschedulable` stands for: a pod that tolerates it may go to a cordoned node. */
const UNSCHEDULABLE_TAINT: TaintRecord = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

/**
 * Where a pod can run at all: cordons, taints, node selector and affinity, host ports, resources, the pods that stand there
 * the volumes of its claims, and the devices of others; and nowhere if it has needs that are not looked at.
 */
export const predicates: Plugin = {
  name: 'predicates',
  make: (snapshot, options) => {
    const { minded, index } = snapshot;
    for (const [key, rule] of SWITCHES) minded[rule] = switchArgument(options, `predicate.${key}Enable`, true);
    const rules = podRuleHooks(snapshot);
    const proportions = KeptProportions.from(options, PROPORTIONS, snapshot);
    return {
      feasible: (taskClass, out) => {
        const { shape } = taskClass;
        if (shape.needs.length > 0) out.clear();
        if (!tolerates(shape.tolerations, UNSCHEDULABLE_TAINT)) out.subtract(index.unschedulable);
        subtractTainted(index, shape, out, (taint) => minded.heeds(taint));
        if (minded.nodeAffinity) out.intersect(matchingNodes(index, shape));
      },
      feasibleNode: (taskClass, node) => {
        if (!snapshot.nodes.fits(node, taskClass)) return false;
        const ports = taskClass.shape.hostPorts;
        return ports.length === 0 || index.portsFree(node, ports);
      },
      explain: (taskClass, reasons) => explain(snapshot, taskClass, reasons),
      ...podVolumeHooks(snapshot, options),
      ...avoiding(rules, podDeviceClaimHooks(snapshot, options)),
      ...(proportions && { contextFn: (task: Task) => both(rules.contextFn?.(task), proportions.contextOf(task)) }),
    };
  },
};

/** Volcano's switches of single rules. */
const SWITCHES = [
  ['NodeAffinity', 'nodeAffinity'],
  ['TaintToleration', 'taints'],
  ['NodePorts', 'hostPorts'],
  ['PodAffinity', 'podAffinity'],
  ['PodTopologySpread', 'spread'],
] as const;

const PROPORTIONS: ProportionKeys = {
  enable: 'predicate.ProportionalEnable',
  cards: 'predicate.resources',
  ratios: 'predicate.resources.',
};

/** What both say, where both claim the task; the second one hangs on nothing but what nodes hold. */
function both(rules: PlacementContext | undefined, kept: PlacementContext | undefined): PlacementContext | undefined {
  if (rules === undefined || kept === undefined) return rules ?? kept;
  return {
    ...rules,
    key: `${rules.key}, ${kept.key}`,
    hooks: {
      ...rules.hooks,
      feasibleNode: (taskClass, node) =>
        rules.hooks.feasibleNode?.(taskClass, node) !== false && kept.allows?.(node) !== false,
      explain: (taskClass, reasons) => {
        rules.hooks.explain?.(taskClass, reasons);
        kept.hooks.explain?.(taskClass, reasons);
      },
    },
    allows: (node) => rules.allows?.(node) !== false && kept.allows?.(node) !== false,
  };
}

/** The hooks of both: whoever of them would choose otherwise is asked. */
function avoiding(rules: PluginHooks, claims: PluginHooks): PluginHooks {
  return {
    ...rules,
    ...claims,
    avoidFn: (task, placed) => rules.avoidFn?.(task, placed) === true || claims.avoidFn?.(task, placed) === true,
    avoidNoneFn: () => {
      rules.avoidNoneFn?.();
      claims.avoidNoneFn?.();
    },
  };
}

/** Each node names the first feature that rules it out, or else every resource that is short, as kube-scheduler does. */
function explain(snapshot: Snapshot, taskClass: TaskClass, reasons: Map<string, number>): void {
  const { minded, index } = snapshot;
  const matching = minded.nodeAffinity ? matchingNodes(index, taskClass.shape) : index.all();
  // Reasons are put into words once for all nodes.
  const shortOn = taskClass.resources.map(() => 0);
  for (let n = 0; n < snapshot.nodes.count; n += 1) {
    const reason = refusingFeature(snapshot, taskClass, n, matching);
    if (reason === undefined) countShortages(snapshot, taskClass, n, shortOn);
    else addReason(reasons, reason, 1);
  }
  taskClass.resources.forEach((r, i) => {
    const name = snapshot.resources.name(r);
    addReason(reasons, name === 'pods' ? 'Too many pods' : `Insufficient ${name}`, shortOn[i] ?? 0);
  });
}

/** In kube-scheduler's order: cordon, taints, selector and affinity, ports. */
function refusingFeature(snapshot: Snapshot, taskClass: TaskClass, node: number, matching: Bitset): string | undefined {
  const { tolerations, hostPorts } = taskClass.shape;
  if (snapshot.index.unschedulable.has(node) && !tolerates(tolerations, UNSCHEDULABLE_TAINT)) {
    return 'node(s) were unschedulable';
  }
  for (const taint of snapshot.nodes.records[node]?.taints ?? []) {
    if (!snapshot.minded.heeds(taint) || tolerates(tolerations, taint)) continue;
    return `node(s) had untolerated taint {${taint.key}: ${taint.value}}`;
  }
  if (!matching.has(node)) return "node(s) didn't match Pod's node affinity/selector";
  if (hostPorts.length === 0 || snapshot.index.portsFree(node, hostPorts)) return undefined;
  return "node(s) didn't have free ports for the requested pod ports";
}

function countShortages(
  { nodes }: Snapshot,
  { resources, amounts }: TaskClass,
  node: number,
  shortOn: { [at: number]: number },
): void {
  for (let i = 0; i < resources.length; i += 1) {
    const free = nodes.available[resources[i] ?? 0]?.[node] ?? 0;
    if (free < (amounts[i] ?? 0)) shortOn[i] = (shortOn[i] ?? 0) + 1;
  }
}

function addReason(reasons: Map<string, number>, reason: string, nodes: number): void {
  if (nodes > 0) reasons.set(reason, (reasons.get(reason) ?? 0) + nodes);
}

import type { NodeRecord } from '../../../src/api/records/node-record.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { TaintRecord } from '../../../src/api/records/scheduling-shape.ts';
import { GPU } from '../../support/scheduler-world.ts';
import { inOrder, mayStandBeside, wishedScores } from './plain-rules.ts';
import { holds, isEven, isWanted } from './plain-spread.ts';
import { asks, sum } from './plain-world.ts';
import type { Other, PlainWorld } from './plain-world.ts';

/** What a node is for a while only. */
const PASSING = ['unschedulable', 'not-ready', 'unreachable', 'memory-pressure', 'disk-pressure', 'pid-pressure'];

/** Whether the pod may use the node by what that is; `isPatient` looks away from what passes. */
function isSuited(pod: PodRecord, node: NodeRecord, isPatient = false): boolean {
  const { shape } = pod;
  const cordon: TaintRecord = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };
  const taints = [...(node.unschedulable ? [cordon] : []), ...node.taints];
  const isKept = taints.some((taint) => {
    const isPassing = PASSING.includes(taint.key.replace('node.kubernetes.io/', ''));
    return taint.effect !== 'PreferNoSchedule' && !(isPatient && isPassing) && !bears(pod, taint);
  });
  return !isKept && shape.needs.length === 0 && isWanted(pod, node);
}

function bears({ shape }: PodRecord, taint: TaintRecord): boolean {
  return shape.tolerations.some(
    ({ key, operator, value, effect }) =>
      (effect === '' || effect === taint.effect) &&
      (key === '' || key === taint.key) &&
      (operator === 'Exists' || (key !== '' && value === taint.value)),
  );
}

function portsFree(others: readonly Other[], pod: PodRecord, node: NodeRecord): boolean {
  const taken = others.flatMap(({ node: { name }, shape }) => (name === node.name ? shape.hostPorts : []));
  return !pod.shape.hostPorts.some(({ protocol, port }) =>
    taken.some((each) => each.protocol === protocol && each.port === port),
  );
}

/** Neither a host port nor a rule between pods keeps it from the node. */
function isBeside({ nodes }: PlainWorld, others: readonly Other[], pod: PodRecord, node: NodeRecord): boolean {
  return portsFree(others, pod, node) && mayStandBeside(others, pod, node) && isEven(nodes, others, pod, node);
}

/** All that it asks for is free there: now, or once the pods on their way out are gone. */
function fits(world: PlainWorld, pod: PodRecord, node: NodeRecord, isLater: boolean): boolean {
  return [...pod.shape.requests].every(([resource, amount]) => {
    if (amount === 0) return true;
    const { idle, leaving, promised } = world.room(node, resource);
    const free = isLater ? idle + leaving - promised : idle - Math.max(0, promised - leaving);
    return free >= amount && (node.allocatable.get(resource) ?? 0) > 0;
  });
}

/** The node with the highest score of those that can take the pod; of equal ones the first. */
export function bestNode(world: PlainWorld, pod: PodRecord): NodeRecord | undefined {
  const able = inOrder(world, pod).filter((node) => isOpen(world, pod, node) && fits(world, pod, node, false));
  const wished = wishedScores(world, pod, able);
  let best: NodeRecord | undefined;
  let most = -Infinity;
  for (const node of able) {
    const score = scoreOf(world, pod, node) + wished(node);
    if (score > most) [best, most] = [node, score];
  }
  return best;
}

/** The first by name that has pods on their way out, and can take the pod once these are gone. */
export function laterNode(world: PlainWorld, pod: PodRecord): NodeRecord | undefined {
  const isBeingFreed = (node: NodeRecord): boolean =>
    [...world.records.pods.values()].some(
      (each) => world.nodeOf(each) === node.name && world.stateOf(each) === 'leaving',
    );
  return world.nodes.find((node) => isBeingFreed(node) && willFit(world, pod, node));
}

/** Once the pods on their way out are gone. */
export function willFit(world: PlainWorld, pod: PodRecord, node: NodeRecord): boolean {
  return isOpenLater(world, pod, node) && fits(world, pod, node, true);
}

/** Whatever room there is, by what the node is and who stands where. */
function isOpen(world: PlainWorld, pod: PodRecord, node: NodeRecord): boolean {
  return isSuited(pod, node) && isBeside(world, world.others(pod), pod, node);
}

/** The same once those on their way out have gone, and these. */
export function isOpenLater(
  world: PlainWorld,
  pod: PodRecord,
  node: NodeRecord,
  gone: readonly PodRecord[] = [],
): boolean {
  const uids = gone.map(({ uid }) => uid);
  const staying = world.others(pod).filter(({ uid, isLeaving }) => !isLeaving && !uids.includes(uid));
  return isSuited(pod, node) && isBeside(world, staying, pod, node);
}

/** How many such pods the node could hold if nothing else were there. */
export function holdsWhenEmpty(pod: PodRecord, node: NodeRecord): number {
  if (!isSuited(pod, node, true)) return 0;
  const counts = [...pod.shape.requests]
    .filter(([, amount]) => amount > 0)
    .map(([resource, amount]) => Math.floor((node.allocatable.get(resource) ?? 0) / amount));
  return Math.min(...counts, pod.shape.hostPorts.length > 0 ? 1 : Infinity);
}

/** The default policy: `nodeorder` with its default weights, and `binpack` of weight 10 with GPUs five times. */
function scoreOf(world: PlainWorld, pod: PodRecord, node: NodeRecord): number {
  const used = (resource: string, more: number): number => {
    const all = node.allocatable.get(resource) ?? 0;
    return all <= 0 ? 1 : Math.min(1, (all - (world.room(node, resource).idle - more)) / all);
  };
  const [cpu, memory] = [used('cpu', asks(pod, 'cpu')), used('memory', asks(pod, 'memory'))];
  const gain = (Math.abs(used('cpu', 0) - used('memory', 0)) - Math.abs(cpu - memory)) / 2;
  // Three quarters for a node whose balance stays as it is; who asks for neither changes none.
  const balance = asks(pod, 'cpu') + asks(pod, 'memory') === 0 ? 0 : 0.75 + gain / 2;
  const spread = 100 * (1 - (cpu + memory) / 2 + balance);
  return preference(world, pod, node) + softTaints(world, pod, node) + spread + packing(world, pod, node);
}

function packing(world: PlainWorld, pod: PodRecord, node: NodeRecord): number {
  const weights: readonly (readonly [string, number])[] = [
    ['cpu', 1],
    ['memory', 1],
    [GPU, 5],
  ];
  let [score, all] = [0, 0];
  // In the order of the requests: sums of fractions hang on it.
  for (const [resource, amount] of pod.shape.requests) {
    const weight = weights.find(([name]) => name === resource)?.[1] ?? 0;
    if (weight === 0 || amount === 0) continue;
    const room = node.allocatable.get(resource) ?? 0;
    all += weight;
    if (room > 0) score += (weight * (room - (world.room(node, resource).idle - amount))) / room;
  }
  return all === 0 ? 0 : (score / all) * 1000;
}

/** 200 for the node with the most weight of preferred terms of those that the pod may use, and for the others their part of it. */
function preference(world: PlainWorld, pod: PodRecord, node: NodeRecord): number {
  const weigh = (each: NodeRecord): number =>
    sum(pod.shape.preferredTerms, ({ labels, weight }) => (labels.every((label) => holds(label, each)) ? weight : 0));
  const most = Math.max(0, ...world.nodes.filter((each) => isSuited(pod, each)).map(weigh));
  return most === 0 ? 0 : (200 * weigh(node)) / most;
}

/** 300 for the fewest soft taints that the pod does not bear, none for the most of the nodes that it may use. */
function softTaints(world: PlainWorld, pod: PodRecord, node: NodeRecord): number {
  const count = ({ taints }: NodeRecord): number =>
    taints.filter((taint) => taint.effect === 'PreferNoSchedule' && !bears(pod, taint)).length;
  const most = Math.max(0, ...world.nodes.filter((each) => isSuited(pod, each)).map(count));
  return 300 * (1 - (most === 0 ? 0 : count(node) / most));
}

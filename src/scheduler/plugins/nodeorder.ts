import { DATASET_TERM_PREFIX } from '../../api/keys.ts';
import type { PreferredNodeTerm } from '../../api/records/scheduling-shape.ts';
import type { Bitset } from '../../lib/bitset.ts';
import { numberArgument } from '../framework/plugin.ts';
import type { Plugin } from '../framework/plugin.ts';
import { CPU_IX, MEMORY_IX } from '../model/resource-table.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';
import { tolerates } from '../placement/taints.ts';
import { ImageScores } from './image-scores.ts';
import { podWishHooks } from './pod-wishes.ts';

const MAX_SCORE = 100;
/** What a node gets that is as balanced as before. */
const SAME_BALANCE = 0.75;

/** Where scores go, and over which nodes they are scaled. */
interface Scale {
  readonly out: Float64Array;
  readonly usable: Bitset;
  readonly weight: number;
}

/**
 * The scores of kube-scheduler 1.37, weighted: node affinity, wishes between pods, soft taints, how full CPU and memory would be, and
 * whether they would be used more alike than before. Each is up to 100; none is rounded.
 */
export const nodeorder: Plugin = {
  name: 'nodeorder',
  make: (snapshot, options, { plugins }) => {
    // That plugin knows better where data lies than a wish that was made when the pod came.
    const isLeftOut = plugins?.includes('data-locality') === true ? isOfDataset : isOfNothing;
    const affinityWeight = numberArgument(options, 'nodeaffinity.weight', 2);
    const taintWeight = numberArgument(options, 'tainttoleration.weight', 3);
    const leastWeight = numberArgument(options, 'leastrequested.weight', 1);
    const mostWeight = numberArgument(options, 'mostrequested.weight', 0);
    const balanceWeight = numberArgument(options, 'balancedresource.weight', 1);
    const imageWeight = numberArgument(options, 'imagelocality.weight', 0);
    const images = new ImageScores(snapshot, imageWeight);
    const wishWeights = {
      affinity: numberArgument(options, 'podaffinity.weight', 2),
      spread: numberArgument(options, 'podtopologyspread.weight', 2),
    };
    return {
      ...podWishHooks(snapshot, wishWeights),
      ...(imageWeight === 0 ? {} : { contextFn: (task: Task) => images.of(task) }),
      claimStampFn: () => snapshot.podRules.termsVersion + snapshot.imagesVersion,
      score: (taskClass, out, usable) => {
        addAffinity(snapshot, taskClass, { out, usable, weight: affinityWeight }, isLeftOut);
        addSoftTaints(snapshot, taskClass, { out, usable, weight: taintWeight });
      },
      scoreNode: (taskClass, node) => {
        const moreCpu = asked(taskClass, CPU_IX);
        const moreMemory = asked(taskClass, MEMORY_IX);
        const cpu = usedShare(snapshot, CPU_IX, node, moreCpu);
        const memory = usedShare(snapshot, MEMORY_IX, node, moreMemory);
        const mean = (cpu + memory) / 2;
        const fullness = leastWeight * (1 - mean) + mostWeight * mean;
        // Who asks for neither makes no balance better or worse.
        if (balanceWeight === 0 || moreCpu + moreMemory === 0) return MAX_SCORE * fullness;
        const before = usedShare(snapshot, CPU_IX, node, 0) - usedShare(snapshot, MEMORY_IX, node, 0);
        const gain = (Math.abs(before) - Math.abs(cpu - memory)) / 2;
        return MAX_SCORE * (fullness + balanceWeight * (SAME_BALANCE + gain / 2));
      },
    };
  },
};

/** What the class asks for of one resource. */
function asked(taskClass: TaskClass, resource: number): number {
  const { resources, amounts } = taskClass;
  for (let i = 0; i < resources.length; i += 1) if (resources[i] === resource) return amounts[i] ?? 0;
  return 0;
}

/** Share of a resource that would be in use with that much more; 1 where the node has none of it. */
function usedShare(snapshot: Snapshot, resource: number, node: number, more: number): number {
  const room = snapshot.nodes.allocatable[resource]?.[node] ?? 0;
  if (room <= 0) return 1;
  const share = (room - ((snapshot.nodes.idle[resource]?.[node] ?? 0) - more)) / room;
  return share > 1 ? 1 : share;
}

/** Sum of the matching preferred terms' weights, the best node scaled to 100. */
function addAffinity(
  snapshot: Snapshot,
  taskClass: TaskClass,
  scale: Scale,
  isLeftOut: (term: PreferredNodeTerm) => boolean,
): void {
  const terms = taskClass.shape.preferredTerms.filter((term) => !isLeftOut(term));
  if (terms.length === 0 || scale.weight === 0) return;
  const raw = new Float64Array(scale.out.length);
  for (const term of terms) {
    const matching = snapshot.index.matching(term);
    for (let n = 0; n < raw.length; n += 1) if (matching.has(n)) raw[n] = (raw[n] ?? 0) + term.weight;
  }
  addScaled(raw, scale, false);
}

/** A wish that admission made of where a dataset lay. */
function isOfDataset({ labels }: PreferredNodeTerm): boolean {
  return labels.some(({ key }) => key.startsWith(DATASET_TERM_PREFIX));
}

function isOfNothing(): boolean {
  return false;
}

/** Nodes with the most soft taints that the class does not tolerate score 0, those without any 100. */
function addSoftTaints(snapshot: Snapshot, taskClass: TaskClass, scale: Scale): void {
  if (scale.weight === 0) return;
  const raw = new Float64Array(scale.out.length);
  for (const { taint, nodes } of snapshot.index.taints()) {
    if (taint.effect !== 'PreferNoSchedule' || tolerates(taskClass.shape.tolerations, taint)) continue;
    for (let n = 0; n < raw.length; n += 1) if (nodes.has(n)) raw[n] = (raw[n] ?? 0) + 1;
  }
  addScaled(raw, scale, true);
}

function addScaled(raw: Float64Array, { out, usable, weight }: Scale, isReversed: boolean): void {
  let max = 0;
  for (let n = 0; n < raw.length; n += 1) if (usable.has(n)) max = Math.max(max, raw[n] ?? 0);
  for (let n = 0; n < out.length; n += 1) {
    const share = max === 0 ? 0 : (raw[n] ?? 0) / max;
    out[n] = (out[n] ?? 0) + weight * MAX_SCORE * (isReversed ? 1 - share : share);
  }
}

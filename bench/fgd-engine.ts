import { readPodCards } from '../src/api/cards/card-annotations.ts';
import { readNodeCards, withCardAmounts } from '../src/api/cards/node-cards.ts';
import { CARD_TYPES_ANNOTATION, VGPU_REGISTER_ANNOTATION } from '../src/api/keys.ts';
import type { PodCards } from '../src/api/records/card-records.ts';
import type { SchedulingShape } from '../src/api/records/scheduling-shape.ts';
import { DEFAULT_POLICY, plugin } from '../src/config/policy.ts';
import type { SchedulerPolicy } from '../src/config/policy.ts';
import { Snapshot } from '../src/scheduler/ledger/snapshot.ts';
import { Scheduler } from '../src/scheduler/scheduler.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../test/support/records.ts';
import type { Replay } from './fgd-replay.ts';
import { askOf, GPU } from './fgd-trace.ts';
import type { TraceNode, TracePod } from './fgd-trace.ts';
import { stopwatch } from './stopwatch.ts';
import type { Took } from './stopwatch.ts';

const NUMBER = 'volcano.sh/vgpu-number';
const MEMORY = 'volcano.sh/vgpu-memory';
const SHARERS = 100;
const KIB_A_MIB = 1024;

export interface EngineRun extends Replay {
  /** The scheduler's cycle alone. */
  readonly took: Took;
}

/** FGD as published, our tie-break, the same with all pods known before the first one is placed; or the scores of `deviceshare`. */
export type EnginePolicy = 'fgd' | 'aligned' | 'batch' | 'binpack' | 'spread';

/**
 * The same pods in the same order through the whole core: queues, gangs (of one), quotas, cards. A GPU is a vGPU card of 1000
 * memory. All pods that the trace has are typical, as in the published runs.
 */
export function runEngine(nodes: readonly TraceNode[], order: readonly TracePod[], policy: EnginePolicy): EngineRun {
  const snapshot = new Snapshot();
  snapshot.upsertQueue(makeQueue('default'));
  for (const node of nodes) snapshot.upsertNode(nodeOf(node));
  const kinds = new Map<string, { readonly shape: SchedulingShape; readonly cards: PodCards | undefined }>();
  order.forEach((pod, at) => {
    const key = [pod.cpu, pod.memory, pod.gpus, pod.milli, pod.models].join('/');
    let kind = kinds.get(key);
    if (kind === undefined) kinds.set(key, (kind = { shape: shapeOf(pod), cards: cardsOf(pod) }));
    snapshot.upsertJob(makePodGroup(`g${at}`, 1, { createdMs: at }));
    snapshot.upsertTask(makePod(`p${at}`, `g${at}`, kind.shape, { createdMs: at, cards: kind.cards }));
  });
  const scheduler = new Scheduler(snapshot, policyOf(policy));
  const stop = stopwatch();
  const decisions = scheduler.cycle({ nowMs: 0 });
  const took = stop();
  const places = order.map(() => '');
  let allocated = 0;
  for (const decision of decisions) {
    for (const { uid, node, cards = [] } of decision.kind === 'gang' ? decision.binds : []) {
      const at = Number(uid.slice('uid-p'.length));
      places[at] = `${node} ${cards
        .flat()
        .map(({ card }) => card.slice(card.lastIndexOf('/') + 1))
        .join(',')}`.trim();
      allocated += askOf(order[at] as TracePod);
    }
  }
  return { allocated, lost: places.filter((place) => place === '').length, places, took };
}

function policyOf(policy: EnginePolicy): SchedulerPolicy {
  const enforcing = [plugin('gang'), plugin('predicates'), plugin('proportion')];
  const isOwn = policy !== 'binpack' && policy !== 'spread';
  const weight = isOwn ? 0 : 1;
  const scored = { 'deviceshare.SchedulePolicy': isOwn ? 'binpack' : policy, 'deviceshare.ScheduleWeight': weight };
  const cards = plugin('deviceshare', { 'deviceshare.VGPUEnable': 'true', ...scored });
  const packing = plugin('fragmentation', {
    'fragmentation.tieBreak': policy === 'fgd' ? 'name' : 'alignment',
    'fragmentation.largestFirst': String(policy === 'batch'),
  });
  const tiers = [[...enforcing, cards, ...(isOwn ? [packing] : [])]];
  return { ...DEFAULT_POLICY, actions: ['enqueue', 'allocate', 'backfill'], tiers };
}

function nodeOf({ name, cpu, memory, gpus, model }: TraceNode): ReturnType<typeof makeNode> {
  const cards = Array.from(
    { length: gpus },
    (_, i) => `${name}/${i},${SHARERS},${GPU},NVIDIA-${model},true,hami-core:`,
  );
  const node = makeNode(name, { cpu, memory: memory * KIB_A_MIB, pods: 1000, [NUMBER]: gpus * SHARERS });
  const read = readNodeCards({ [VGPU_REGISTER_ANNOTATION]: cards.join('') }, node.allocatable);
  return { ...node, allocatable: withCardAmounts(node.allocatable, read), cards: read };
}

function shapeOf({ cpu, memory, gpus, milli }: TracePod): SchedulingShape {
  const cards = gpus === 0 ? {} : { [NUMBER]: gpus, [MEMORY]: milli };
  return makeShape({ cpu, memory: memory * KIB_A_MIB, ...cards });
}

function cardsOf({ gpus, milli, models }: TracePod): PodCards | undefined {
  if (gpus === 0) return undefined;
  const limits = { [NUMBER]: String(gpus), [MEMORY]: String(milli) };
  const types = models === '' ? {} : { [CARD_TYPES_ANNOTATION]: models.replaceAll('|', ',') };
  return readPodCards({ containers: [{ resources: { limits } }] }, types);
}

import { dailyHours } from '../lib/daily-hours.ts';
import { durationMs } from '../lib/duration.ts';
import { parseQuantity } from '../lib/quantity.ts';
import { PLAIN_URL } from './argument-rule.ts';
import type { ArgumentRule, TextForm } from './argument-rule.ts';
import type { ActionName, PluginName, VoteCount } from './policy.ts';

/** Far above any sensible weight: sums of scores stay exact below it. */
const MOST_WEIGHT = 1_000_000;
/** Planned starts in a cycle; each costs a search. */
const MOST_PLANS = 1000;
/** A year. */
const MOST_SECONDS = 365 * 24 * 3600;

function weight(key: string, fallback: number, meaning: string): ArgumentRule {
  return { key, type: 'number', min: 0, max: MOST_WEIGHT, fallback: String(fallback), meaning };
}

function percent(key: string, fallback: number, meaning: string): ArgumentRule {
  return { key, type: 'number', min: 0, max: 100, fallback: String(fallback), meaning };
}

function seconds(key: string, fallback: number, meaning: string): ArgumentRule {
  return { key, type: 'number', min: 0, max: MOST_SECONDS, fallback: String(fallback), meaning };
}

function votes(fallback: VoteCount): readonly ArgumentRule[] {
  const values: readonly VoteCount[] = ['all', 'tiers', 'volcano'];
  return [
    { key: 'votes', type: 'choice', values, fallback, meaning: 'How the votes on who may be evicted are counted.' },
  ];
}

const HOURS: TextForm = {
  words: 'hours of the day such as 22:00-06:00',
  isOf: (text) => dailyHours(text) !== undefined,
};

/** A duration with bounds, in words and in milliseconds. */
function between([least, leastMs]: readonly [string, number], [most, mostMs]: readonly [string, number]): TextForm {
  const isOf = (text: string): boolean => {
    const ms = durationMs(text);
    return ms !== undefined && ms >= leastMs && ms <= mostMs;
  };
  return { words: `a duration from ${least} to ${most}`, isOf };
}

const ROUND = between(['1s', 1000], ['24h', 24 * 3_600_000]);
const BRIEF = between(['1ms', 1], ['30s', 30_000]);

const PERIOD: TextForm = { words: 'a duration above 0 such as 1m30s', isOf: (text) => (durationMs(text) ?? 0) > 0 };

const AMOUNT: TextForm = {
  words: 'an amount such as 250m or 200Mi',
  isOf: (text) => (parseQuantity(text) ?? -1n) >= 0n,
};

const VERB: TextForm = { words: 'a path such as jobEnqueueable', isOf: (text) => /^[A-Za-z0-9._~/-]+$/.test(text) };

/** What each plugin takes. Whatever is not named here is refused: it would do nothing. */
export const PLUGIN_ARGUMENTS: Readonly<Record<PluginName, readonly ArgumentRule[]>> = {
  binpack: [
    weight('binpack.weight', 1, 'Weight of the whole score.'),
    weight('binpack.cpu', 1, 'Weight of CPU in it.'),
    weight('binpack.memory', 1, 'Weight of memory in it.'),
    {
      key: 'binpack.resources',
      type: 'text',
      fallback: 'none',
      meaning: 'Other resources that count, separated by commas.',
    },
    { ...weight('binpack.resources.<resource>', 1, 'Weight of one of them.'), listedIn: 'binpack.resources' },
  ],
  capacity: [
    {
      key: 'ancestorReclaimLevel',
      type: 'number',
      min: 0,
      max: MOST_WEIGHT,
      fallback: '0',
      meaning: 'How many queues above a queue may claim for it, with `enableHierarchy`.',
    },
  ],
  cdp: [],
  conformance: [],
  'data-locality': [
    weight('data-locality.weight', 20, 'Weight of nodes near the datasets that a pod claims; 0: not looked at.'),
  ],
  deviceshare: [
    {
      key: 'deviceshare.GPUSharingEnable',
      type: 'bool',
      fallback: 'false',
      meaning: 'Memory of one card is given out (`volcano.sh/gpu-memory`).',
    },
    {
      key: 'deviceshare.GPUNumberEnable',
      type: 'bool',
      fallback: 'false',
      meaning: 'Whole cards are given out (`volcano.sh/gpu-number`). Not together with the one before.',
    },
    {
      key: 'deviceshare.VGPUEnable',
      type: 'bool',
      fallback: 'false',
      meaning:
        'Parts of vGPU cards are given out (`volcano.sh/vgpu-number` and its kin). Not together with one of the two before.',
    },
    {
      key: 'deviceshare.SchedulePolicy',
      type: 'choice',
      values: ['binpack', 'spread'],
      fallback: 'binpack',
      meaning: 'Which cards and, with a weight, which nodes come first: the fullest that will do, or the emptiest.',
    },
    weight('deviceshare.ScheduleWeight', 0, 'Weight of the score of nodes by their cards; 0: cards score no node.'),
  ],
  drf: [
    {
      key: 'drf.namespaceOrder',
      type: 'bool',
      fallback: 'false',
      meaning: 'Groups of namespaces that hold less, over all queues and by weight, come first within a queue.',
    },
    {
      key: 'drf.userOrder',
      type: 'bool',
      fallback: 'false',
      meaning:
        'Groups of users who hold less, over all queues, come first within a queue; work of users who are not verified counts for its namespace. Not together with the other order.',
    },
  ],
  extender: [
    {
      key: 'extender.urlPrefix',
      type: 'text',
      form: PLAIN_URL,
      fallback: 'none',
      meaning: 'Where the program answers.',
    },
    {
      key: 'extender.httpTimeout',
      type: 'text',
      form: BRIEF,
      fallback: '1s',
      meaning: 'How long one answer may take.',
    },
    {
      key: 'extender.jobEnqueueableVerb',
      type: 'text',
      form: VERB,
      fallback: 'none',
      meaning: 'Path behind the prefix where it is asked whether a group comes in; not asked without.',
    },
    {
      key: 'extender.queueOverusedVerb',
      type: 'text',
      form: VERB,
      fallback: 'none',
      meaning: 'The same for whether a queue gets nothing more.',
    },
    {
      key: 'extender.predicateVerb',
      type: 'text',
      form: VERB,
      fallback: 'none',
      meaning: 'The same for whether a node takes a pod.',
    },
    {
      key: 'extender.prioritizeVerb',
      type: 'text',
      form: VERB,
      fallback: 'none',
      meaning: 'The same for how well nodes suit a pod.',
    },
    {
      key: 'extender.preemptableVerb',
      type: 'text',
      form: VERB,
      fallback: 'none',
      meaning: 'The same for which pods of its queue may go for a pod (`preempt`).',
    },
    {
      key: 'extender.reclaimableVerb',
      type: 'text',
      form: VERB,
      fallback: 'none',
      meaning: 'The same for which pods of other queues may go for a pod (`reclaim`).',
    },
    {
      key: 'extender.managedResources',
      type: 'text',
      fallback: 'all',
      meaning:
        'About nodes and victims it is asked only for pods that ask for one of these. A list, or separated by commas.',
    },
    {
      key: 'extender.answersByClass',
      type: 'bool',
      fallback: 'false',
      meaning:
        'What it says of nodes hangs on what a pod asks for and on what a node is, not on what stands there: it is asked once for all pods that ask for the same. Not one of Volcano.',
    },
    {
      key: 'extender.ignorable',
      type: 'bool',
      fallback: 'false',
      meaning: 'A failure leaves what was asked about to other plugins.',
    },
  ],
  fragmentation: [
    weight('fragmentation.weight', 1, 'Weight of the score, which is from 0 to 100.'),
    {
      key: 'fragmentation.tieBreak',
      type: 'choice',
      values: ['alignment', 'name'],
      fallback: 'alignment',
      meaning:
        'Which of nodes with equal scores comes first: where CPU and cards are free in the proportion that the pod asks for, or the lower name.',
    },
    {
      key: 'fragmentation.largestFirst',
      type: 'bool',
      fallback: 'false',
      meaning:
        'Groups whose pods ask for most of cards come first: more of the cards is used, and more small pods wait.',
    },
  ],
  gang: [],
  'network-topology-aware': [
    weight(
      'weight',
      1,
      'Above 0: groups that only wish to be near each other (`mode: soft`) are placed so where they can be.',
    ),
  ],
  nodegroup: [
    { key: 'strict', type: 'bool', fallback: 'true', meaning: 'Queues that name no group use no node.' },
    {
      key: 'enablePreferredOrder',
      type: 'bool',
      fallback: 'false',
      meaning: 'Of the groups that a queue prefers, the earlier one in the list comes first.',
    },
  ],
  nodeorder: [
    weight('nodeaffinity.weight', 2, 'Weight of preferred node affinity.'),
    weight('podaffinity.weight', 2, 'Weight of preferred affinity and anti-affinity between pods.'),
    weight('podtopologyspread.weight', 2, 'Weight of topology spread that may be broken (`ScheduleAnyway`).'),
    weight('tainttoleration.weight', 3, 'Weight of taints that are only to be avoided.'),
    weight('leastrequested.weight', 1, 'Weight of emptier nodes.'),
    weight('mostrequested.weight', 0, 'Weight of fuller nodes.'),
    weight('balancedresource.weight', 1, 'Weight of nodes on which the pod makes CPU and memory used more alike.'),
    weight('imagelocality.weight', 0, 'Weight of nodes that hold images of the pod. Volcano: 1.'),
  ],
  'numa-aware': [
    weight(
      'weight',
      1,
      'Weight of the score of nodes by how many NUMA nodes a pod would be spread over; 0: they score no node.',
    ),
  ],
  overcommit: [
    {
      key: 'overcommit-factor',
      type: 'number',
      min: 0,
      max: MOST_WEIGHT,
      fallback: '1.2',
      meaning: 'So many times what the cluster has is let in; below 1 counts as 1.',
    },
  ],
  pdb: [],
  predicates: [
    {
      key: 'predicate.VolumeBindingEnable',
      type: 'bool',
      fallback: 'true',
      meaning: 'Claims decide where a pod goes, and are bound before it. Without it they are not looked at.',
    },
    {
      key: 'predicate.DynamicResourceAllocationEnable',
      type: 'bool',
      fallback: 'true',
      meaning:
        'ResourceClaims decide where a pod goes, and get devices before it is bound. Without it pods that have some wait.',
    },
    {
      key: 'predicate.VolumeZoneEnable',
      type: 'bool',
      fallback: 'true',
      meaning: 'Labels of volumes keep their pods to a zone and a region.',
    },
    {
      key: 'predicate.NodeVolumeLimitsEnable',
      type: 'bool',
      fallback: 'true',
      meaning: 'A node takes as many volumes as its CSINode says.',
    },
    seconds('volumebinding.bindTimeoutSeconds', 600, 'How long a place is held while its claims are being bound.'),
  ],
  priority: [],
  proportion: [],
  rescheduling: [
    { key: 'interval', type: 'text', form: ROUND, fallback: '5m', meaning: 'Time between two rounds.' },
    percent(
      'thresholds.cpu',
      100,
      'Nodes with no more of their CPU in use have room. Stands in `params` of the strategy.',
    ),
    percent('thresholds.memory', 100, 'The same for memory.'),
    percent('targetThresholds.cpu', 100, 'Nodes with more of their CPU in use are too busy.'),
    percent('targetThresholds.memory', 100, 'The same for memory.'),
    {
      key: 'thresholdPriorityClassName',
      type: 'text',
      fallback: 'none',
      meaning: 'Pods of groups of this priority or a higher one stay.',
    },
    { key: 'nodeFit', type: 'bool', fallback: 'true', meaning: 'Only pods go that a node with room could take.' },
  ],
  'resource-strategy-fit': [
    weight('resourceStrategyFitWeight', 10, 'Weight of the whole score.'),
    {
      key: 'resources.<resource>.type',
      type: 'choice',
      values: ['LeastAllocated', 'MostAllocated'],
      fallback: 'LeastAllocated',
      meaning: 'Whether emptier or fuller nodes are better. In the file `resources` is a map of maps.',
    },
    weight('resources.<resource>.weight', 1, 'Weight of the resource in it.'),
  ],
  resourcequota: [],
  sla: [
    {
      key: 'sla-waiting-time',
      type: 'duration',
      fallback: 'none',
      meaning: 'How long a group may wait that has no such annotation of its own.',
    },
  ],
  'task-topology': [weight('task-topology.weight', 1, 'Weight of nodes where partners of the pod stand.')],
  tdm: [
    {
      key: 'tdm.revocable-zone.<zone>',
      type: 'text',
      form: HOURS,
      fallback: 'none',
      meaning: 'When nodes with the label `volcano.sh/revocable-zone: <zone>` may be used, each day in UTC.',
    },
    {
      key: 'tdm.evict.period',
      type: 'text',
      form: PERIOD,
      fallback: '1m',
      meaning: 'Time between evictions of pods of one group from zones that are closed.',
    },
    weight('tdm.weight', 1, 'Weight of open revocable nodes over others, for pods that may use them.'),
  ],
  usage: [
    weight('usage.weight', 5, 'Weight of the whole score.'),
    weight('cpu.weight', 1, 'Weight of CPU in it.'),
    weight('memory.weight', 1, 'Weight of memory in it.'),
    percent(
      'thresholds.cpu',
      80,
      'Nodes with more of their CPU in use get no pods. In the file `thresholds` is a map.',
    ),
    percent('thresholds.mem', 80, 'The same for memory.'),
    {
      key: 'estimator.request_ratio',
      type: 'number',
      min: 0,
      max: 1,
      fallback: '0.7',
      meaning:
        'So much of its requests a pod is thought to use that no measurement shows yet. In the file `estimator` is a map.',
    },
    {
      key: 'estimator.risk_threshold',
      type: 'number',
      min: 0,
      max: 1,
      fallback: '0.6',
      meaning: 'From so busy on a node is thought to be busier than estimated.',
    },
    {
      key: 'estimator.risk_factor',
      type: 'number',
      min: 1,
      max: MOST_WEIGHT,
      fallback: '1.2',
      meaning: 'So many times what was estimated counts then.',
    },
    {
      key: 'estimator.be_cpu',
      type: 'text',
      form: AMOUNT,
      fallback: '250m',
      meaning: 'CPU of a pod that asks for nothing.',
    },
    {
      key: 'estimator.be_mem',
      type: 'text',
      form: AMOUNT,
      fallback: '200Mi',
      meaning: 'Memory of a pod that asks for nothing.',
    },
  ],
  'usage-share': [
    {
      key: 'halfLife',
      type: 'text',
      form: PERIOD,
      fallback: '24h',
      meaning: 'The time after which what a queue has held counts half as much.',
    },
  ],
};

/** What each action takes, under `configurations`. */
export const ACTION_ARGUMENTS: Readonly<Record<ActionName, readonly ArgumentRule[]>> = {
  enqueue: [],
  allocate: [
    seconds('reserveAfterSeconds', 300, 'How long a group may lack room before room is kept for it; 0 for ever.'),
    seconds('reserveForSeconds', 600, 'How long room is kept for a group before others get their turn.'),
    {
      key: 'plannedStarts',
      type: 'number',
      min: 0,
      max: MOST_PLANS,
      fallback: '0',
      meaning: 'How many groups that lack room get a planned start, which those after them may not delay; 0: none.',
    },
    seconds('planWithinSeconds', 86_400, 'A start is planned only if it lies within this time.'),
  ],
  backfill: [],
  preempt: votes('tiers'),
  reclaim: votes('all'),
  gangpreempt: votes('tiers'),
  gangreclaim: votes('all'),
  shuffle: [],
};

import {
  always,
  EXCLUSIVE_RULES,
  HOURS,
  MOST_WEIGHT,
  NAMESPACE_NAME,
  OBJECT_NAME,
  PERIOD,
  percent,
  ROUND,
  weight,
} from './argument-forms.ts';
import type { ArgumentRule } from './argument-rule.ts';
import { EXTENDER_ARGUMENTS } from './extender-arguments.ts';
import { GEOMETRIES_NAME, GEOMETRIES_NAMESPACE, VGPU_SWITCH } from './geometry-place.ts';
import { NETWORK_ARGUMENTS } from './network-arguments.ts';
import { PREDICATE_ARGUMENTS } from './predicate-arguments.ts';
import { STRATEGY_ARGUMENTS } from './strategy-arguments.ts';
import type { PluginName } from './policy.ts';
import { USAGE_ARGUMENTS } from './usage-arguments.ts';

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
    always(
      'capacity.DynamicResourceAllocationEnable',
      'Devices that are claimed count where a queue names their class, whatever the plugin.',
    ),
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
      key: VGPU_SWITCH,
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
    {
      key: 'deviceshare.GPUExclusiveRules',
      type: 'text',
      needs: VGPU_SWITCH,
      form: EXCLUSIVE_RULES,
      fallback: 'none',
      meaning:
        'Pods that have all labels of one of these rules share no vGPU card with each other; others may share it with them. In the file it is a list of maps of labels.',
    },
    {
      ...GEOMETRIES_NAME,
      type: 'text',
      form: OBJECT_NAME,
      needs: VGPU_SWITCH,
      meaning: 'Name of the ConfigMap that says how cards are cut where the mode of vGPUs is `mig`.',
    },
    {
      ...GEOMETRIES_NAMESPACE,
      type: 'text',
      form: NAMESPACE_NAME,
      needs: VGPU_SWITCH,
      meaning: 'Its namespace.',
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
  extender: EXTENDER_ARGUMENTS,
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
  'network-topology-aware': NETWORK_ARGUMENTS,
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
    {
      key: 'scope',
      type: 'choice',
      values: ['container', 'pod'],
      fallback: 'container',
      meaning:
        "The kubelets' `topologyManagerScope`, which Volcano's exporter does not tell. A Numatopology that tells it (`policies.TopologyManagerScope`) goes before.",
    },
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
  predicates: PREDICATE_ARGUMENTS,
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
  'resource-strategy-fit': STRATEGY_ARGUMENTS,
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
  usage: USAGE_ARGUMENTS,
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

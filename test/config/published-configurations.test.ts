import { expect } from 'chai';
import { readPolicy } from '../../src/config/read-policy.ts';
import { readVolcanosPolicy } from '../../src/config/read-volcanos-policy.ts';

type Entry = string | { readonly name: string; readonly [key: string]: unknown };

interface Configuration {
  /** Beside those of the default. */
  readonly actions?: string;
  /** Plugins of the second tier in place of the default's. */
  readonly second?: readonly Entry[];
  readonly first?: readonly Entry[];
  readonly metrics?: unknown;
  readonly configurations?: unknown;
  /** What is told to be left out where Sluice serves in the place of Volcano; nothing unless named. */
  readonly trimmed?: readonly string[];
}

const NOT_PREEMPTED = { enablePreemptable: false };
const FIRST: readonly Entry[] = ['priority', { name: 'gang', ...NOT_PREEMPTED }, 'conformance'];
const SECOND: readonly Entry[] = [
  'overcommit',
  { name: 'drf', ...NOT_PREEMPTED },
  'predicates',
  'proportion',
  'nodeorder',
  'binpack',
];

/** An entry with arguments. */
function given(name: string, options: object): Entry {
  return { name, arguments: options };
}

/** The second tier with the entry in the place of the one of that name, or behind all. */
function withEntry(entry: Entry, at = '', tier = SECOND): readonly Entry[] {
  return at === '' ? [...tier, entry] : tier.map((each) => (each === at ? entry : each));
}

const LOW_USE = { thresholds: { cpu: 20, memory: 20, pods: 20 }, targetThresholds: { cpu: 50, memory: 50, pods: 50 } };

const CONFIGURATIONS: Readonly<Record<string, Configuration>> = {
  'of an installation by Helm': {},
  'of the program itself': { first: ['priority', 'gang', 'conformance'], second: SECOND.slice(0, -1) },
  'with binpack by weights': {
    second: withEntry(
      given('binpack', {
        'binpack.weight': 10,
        'binpack.cpu': 5,
        'binpack.memory': 1,
        'binpack.resources': 'nvidia.com/gpu, example.com/foo',
        'binpack.resources.nvidia.com/gpu': 2,
        'binpack.resources.example.com/foo': 3,
      }),
      'binpack',
    ),
  },
  'with parts of GPUs': { second: withEntry(given('deviceshare', { 'deviceshare.GPUSharingEnable': true })) },
  'with vGPUs': {
    second: withEntry(
      given('deviceshare', {
        'deviceshare.VGPUEnable': true,
        'deviceshare.SchedulePolicy': 'binpack',
        'deviceshare.KnownGeometriesCMName': 'volcano-vgpu-device-config',
        'deviceshare.KnownGeometriesCMNamespace': 'kube-system',
      }),
    ),
  },
  'with NPUs of Ascend': {
    second: withEntry(
      given('deviceshare', {
        'deviceshare.AscendHAMiVNPUEnable': true,
        'deviceshare.SchedulePolicy': 'binpack',
        'deviceshare.KnownGeometriesCMName': 'hami-scheduler-device',
        'deviceshare.KnownGeometriesCMNamespace': 'kube-system',
      }),
    ),
    trimmed: [
      'tiers[1].plugins[6].arguments[deviceshare.AscendHAMiVNPUEnable]',
      'tiers[1].plugins[6].arguments[deviceshare.KnownGeometriesCMName]',
      'tiers[1].plugins[6].arguments[deviceshare.KnownGeometriesCMNamespace]',
    ],
  },
  'with GPUs as predicates had them': {
    second: withEntry(
      given('predicates', { 'predicate.GPUSharingEnable': true, 'predicate.CacheEnable': true }),
      'predicates',
    ),
    trimmed: ['tiers[1].plugins[2].arguments[predicate.GPUSharingEnable]'],
  },
  'with all switches of predicates, and what nodes keep for GPUs': {
    second: withEntry(
      given('predicates', {
        'predicate.NodeAffinityEnable': true,
        'predicate.NodePortsEnable': true,
        'predicate.TaintTolerationEnable': true,
        'predicate.PodAffinityEnable': true,
        'predicate.NodeVolumeLimitsEnable': true,
        'predicate.VolumeZoneEnable': true,
        'predicate.PodTopologySpreadEnable': true,
        'predicate.VolumeBindingEnable': true,
        'predicate.DynamicResourceAllocationEnable': true,
        'predicate.ProportionalEnable': true,
        'predicate.resources': 'nvidia.com/gpu,nvidia.com/v100-sxm2-16gb',
        'predicate.resources.nvidia.com/gpu.cpu': 8,
        'predicate.resources.nvidia.com/gpu.memory': 8,
        'predicate.resources.nvidia.com/v100-sxm2-16gb.cpu': 16,
        'predicate.resources.nvidia.com/v100-sxm2-16gb.memory': 16,
      }),
      'predicates',
    ),
  },
  'with nodes of certain hours': {
    actions: 'preempt, shuffle',
    second: withEntry(
      given('tdm', {
        'tdm.revocable-zone.rz1': '10:00-21:00',
        'tdm.revocable-zone.rz2': '12:00-14:00',
        'tdm.evict.period': '1m',
      }),
    ),
  },
  'with roles near each other': { second: withEntry(given('task-topology', { 'task-topology.weight': 10 })) },
  'with NUMA nodes': { second: withEntry(given('numa-aware', { weight: 10 })) },
  'with a longest wait': { first: [...FIRST, given('sla', { 'sla-waiting-time': '1h2m3s4ms5µs6ns' })] },
  'with measured use': {
    second: withEntry(
      given('usage', {
        'usage.weight': 5,
        'cpu.weight': 1,
        'memory.weight': 1,
        thresholds: { cpu: 80, mem: 80 },
      }),
    ),
    metrics: { type: 'prometheus', address: 'http://prometheus.monitoring:9090', interval: '30s' },
  },
  'with measured use, in the words of older versions': {
    second: withEntry(given('usage', { thresholds: { 'CPUUsageAvg.5m': 90, 'MEMUsageAvg.5m': 80 } })),
    metrics: { type: 'prometheus', address: 'http://prometheus.monitoring:9090', interval: '30s' },
    trimmed: [
      'tiers[1].plugins[6].arguments.thresholds[CPUUsageAvg.5m]',
      'tiers[1].plugins[6].arguments.thresholds[MEMUsageAvg.5m]',
    ],
  },
  'with use that nobody measures': { second: withEntry('usage'), trimmed: ['tiers[1].plugins[6].name'] },
  'with pods moved from busy nodes': {
    actions: 'shuffle',
    second: withEntry(
      given('rescheduling', {
        interval: '5m',
        strategies: [{ name: 'lowNodeUtilization', params: { ...LOW_USE, nodeFit: true } }],
      }),
    ),
    trimmed: [
      'tiers[1].plugins[6].arguments.strategies[0].params.thresholds[pods]',
      'tiers[1].plugins[6].arguments.strategies[0].params.targetThresholds[pods]',
    ],
  },
  'with pods moved by several strategies': {
    actions: 'shuffle',
    second: withEntry(
      given('rescheduling', {
        interval: '5m',
        metricsPeriod: '5m',
        strategies: [
          { name: 'offlineOnly' },
          { name: 'lowPriorityFirst' },
          {
            name: 'lowNodeUtilization',
            params: { thresholds: { cpu: 20, memory: 20 }, targetThresholds: { cpu: 50, memory: 50 } },
          },
        ],
        queueSelector: ['default', 'test-queue'],
        labelSelector: { business: 'offline', team: 'test' },
      }),
    ),
    trimmed: [
      'tiers[1].plugins[6].arguments.strategies[0].name',
      'tiers[1].plugins[6].arguments.strategies[1].name',
      'tiers[1].plugins[6].arguments[metricsPeriod]',
      'tiers[1].plugins[6].arguments[queueSelector]',
      'tiers[1].plugins[6].arguments[labelSelector]',
    ],
  },
  'with capacity': { actions: 'reclaim', second: withEntry('capacity', 'proportion') },
  'with capacity in a tree': {
    actions: 'preempt, reclaim',
    second: withEntry(
      { name: 'capacity', enableHierarchy: true, arguments: { ancestorReclaimLevel: 1 } },
      'proportion',
    ),
  },
  'with capacity of claimed devices': {
    second: withEntry(given('capacity', { 'capacity.DynamicResourceAllocationEnable': true }), 'proportion'),
  },
  'with drf in a tree': {
    actions: 'reclaim',
    second: ['predicates', { name: 'drf', enableHierarchy: true }, 'nodeorder'],
  },
  'with groups of nodes': { second: withEntry({ name: 'nodegroup', enablePredicate: true, enableNodeOrder: true }) },
  'with groups of nodes in a tree': {
    actions: 'preempt, reclaim',
    second: withEntry({
      name: 'nodegroup',
      enableHierarchy: true,
      arguments: { strict: false, enablePreferredOrder: true },
    }),
  },
  'with proportion in a tier of its own': { second: SECOND.filter((entry) => entry !== 'binpack') },
  'with a program outside': {
    actions: 'preempt, reclaim',
    second: withEntry(
      given('extender', {
        'extender.urlPrefix': 'http://127.0.0.1:8713',
        'extender.httpTimeout': '100ms',
        'extender.onSessionOpenVerb': 'onSessionOpen',
        'extender.onSessionCloseVerb': 'onSessionClose',
        'extender.predicateVerb': 'predicate',
        'extender.prioritizeVerb': 'prioritize',
        'extender.preemptableVerb': 'preemptable',
        'extender.reclaimableVerb': 'reclaimable',
        'extender.queueOverusedVerb': 'queueOverused',
        'extender.jobEnqueueableVerb': 'jobEnqueueable',
        'extender.ignorable': true,
      }),
    ),
    trimmed: [
      'tiers[1].plugins[6].arguments[extender.onSessionOpenVerb]',
      'tiers[1].plugins[6].arguments[extender.onSessionCloseVerb]',
    ],
  },
  'with quotas of namespaces': { first: [...FIRST, 'resourcequota'] },
  'with time to cool down': { actions: 'preempt', first: [...FIRST, 'cdp'] },
  'with disruption budgets': { actions: 'preempt, reclaim, shuffle', first: [...FIRST, 'pdb'] },
  'with a network': {
    second: withEntry(
      given('network-topology-aware', {
        weight: 10,
        'hypernode.binpack.cpu': 5,
        'hypernode.binpack.memory': 1,
        'hypernode.binpack.resources': 'nvidia.com/gpu, example.com/foo',
        'hypernode.binpack.resources.nvidia.com/gpu': 2,
        'hypernode.binpack.resources.example.com/foo': 3,
        'hypernode.binpack.normal-pod.enable': true,
        'hypernode.binpack.normal-pod.fading': 0.8,
        'hypernode.gradient.evict.max-hypernodes': 8,
      }),
    ),
  },
  'with strategies by resource': {
    second: withEntry(
      given('resource-strategy-fit', {
        resourceStrategyFitWeight: 10,
        resources: {
          'nvidia.com/gpu': { type: 'MostAllocated', weight: 2 },
          'nvidia.com/gpu/*': { type: 'MostAllocated', weight: 3 },
          cpu: { type: 'LeastAllocated', weight: 1 },
        },
        sra: { enable: true, resources: 'nvidia.com/gpu', weight: 10, resourceWeight: { 'nvidia.com/gpu': 1 } },
        proportional: {
          enable: false,
          resources: 'nvidia.com/gpu',
          resourceProportion: { 'nvidia.com/gpu.cpu': 4, 'nvidia.com/gpu.memory': 8 },
        },
      }),
      'binpack',
    ),
  },
  'with gangs that go as a whole': {
    actions: 'gangreclaim, gangpreempt',
    configurations: [
      { name: 'gangpreempt', arguments: { maxDomains: 8, allowWholeBundle: true } },
      { name: 'gangreclaim', arguments: { maxDomains: 4, allowWholeBundle: 'false' } },
    ],
  },
  'with arguments of actions': {
    actions: 'preempt, reclaim',
    configurations: [
      { name: 'allocate', arguments: { predicateErrorCacheEnable: true } },
      {
        name: 'preempt',
        arguments: {
          predicateErrorCacheEnable: true,
          enableTopologyAwarePreemption: true,
          topologyAwarePreemptWorkerNum: 16,
          minCandidateNodesPercentage: 10,
          minCandidateNodesAbsolute: 1,
          maxCandidateNodesAbsolute: 100,
        },
      },
    ],
    trimmed: [
      'configurations[1].arguments[topologyAwarePreemptWorkerNum]',
      'configurations[1].arguments[minCandidateNodesPercentage]',
      'configurations[1].arguments[minCandidateNodesAbsolute]',
      'configurations[1].arguments[maxCandidateNodesAbsolute]',
    ],
  },
};

/** As it stands in a file. */
function fileOf({ actions, first = FIRST, second = SECOND, metrics, configurations }: Configuration): object {
  const tier = (entries: readonly Entry[]): object => ({
    plugins: entries.map((entry) => (typeof entry === 'string' ? { name: entry } : entry)),
  });
  return {
    actions: ['enqueue, allocate, backfill', actions ?? []].flat().join(', '),
    tiers: [tier(first), tier(second)],
    ...(metrics === undefined ? {} : { metrics }),
    ...(configurations === undefined ? {} : { configurations }),
  };
}

/** Configurations as Volcano's installation, its pages and its programs have them. */
describe('a published configuration of Volcano', () => {
  for (const [name, configuration] of Object.entries(CONFIGURATIONS)) {
    const { trimmed = [] } = configuration;
    it(`${name} is taken${trimmed.length === 0 ? ' as it is' : ', and what does nothing is told'}`, () => {
      const taken = readVolcanosPolicy(fileOf(configuration));
      if (taken.kind === 'errors') throw new Error(JSON.stringify(taken.errors));
      expect((taken.trimmed ?? []).map(({ path }) => path).toSorted()).to.deep.equal(trimmed.toSorted());
      // Where it was not written for Volcano, the same is refused, at the same places.
      const strict = readPolicy(fileOf(configuration));
      const refused = strict.kind === 'errors' ? strict.errors.map(({ path }) => path) : [];
      expect(refused.toSorted()).to.deep.equal(trimmed.toSorted());
    });
  }
});

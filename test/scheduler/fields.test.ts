import { expect } from 'chai';
import { projectHyperNode } from '../../src/api/projections/hyper-node.ts';
import { projectPodGroup } from '../../src/api/projections/pod-group.ts';
import { projectQueue } from '../../src/api/projections/queue.ts';
import type { PodRecord } from '../../src/api/records/pod-record.ts';
import { DEFAULT_POLICY, plugin } from '../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../src/config/policy.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { actedOn } from '../support/acted-on.ts';
import type { FieldPair } from '../support/acted-on.ts';
import { policy } from '../support/evicting-world.ts';
import { exactly, labelled, makeHyperNode, matching } from '../support/network.ts';
import { decisionText } from '../support/scheduler-model.ts';
import { amounts, SchedulerWorld } from '../support/scheduler-world.ts';

/** What the scheduler decides about a pair of specs each, to be compared. */
interface Proof {
  readonly pair: FieldPair<JsonObject>;
  readonly decides: (spec: JsonObject) => string;
}
type Proofs = Readonly<Record<string, Proof>>;

const head = (name: string): JsonObject => ({ name, namespace: 'ns', uid: `uid-${name}`, resourceVersion: '1' });

function known<T>(record: T | undefined): T {
  if (record === undefined) throw new Error('no record');
  return record;
}

/** Eight nodes of two CPUs, two to a rack of tier 1, two racks to a spine of tier 2. */
function cluster(which: SchedulerPolicy = DEFAULT_POLICY): SchedulerWorld {
  const world = new SchedulerWorld(which);
  for (let n = 0; n < 8; n += 1) {
    const labels = new Map([
      ['rack', `r${n >> 1}`],
      ['volcano.sh/nodegroup-name', `g${n >> 2}`],
    ]);
    world.node(`n${n}`, amounts(2), { labels });
  }
  for (const [name, value] of [
    ['low', 1],
    ['high', 10],
  ] as const) {
    world.snapshot.setPriorityClass({ name, value, isGlobalDefault: false, isPatient: false });
  }
  return world;
}

function withRacks(world: SchedulerWorld): SchedulerWorld {
  for (const rack of [0, 1, 2, 3]) {
    const nodes = matching('Node', `^n[${2 * rack}${2 * rack + 1}]$`);
    world.snapshot.network.upsert(makeHyperNode(`r${rack}`, [1, 'rack'], nodes));
  }
  world.snapshot.network.upsert(makeHyperNode('s0', [2, 'spine'], matching('HyperNode', '^r[01]$')));
  world.snapshot.network.upsert(makeHyperNode('s1', [2, 'spine'], matching('HyperNode', '^r[23]$')));
  return world;
}

/** Three cycles, so that who is let in is placed as well. */
function decided(world: SchedulerWorld): string {
  return [1, 2, 3].map(() => decisionText(world.cycle().decisions)).join('\n');
}

/** A group `g` of that spec with pods of two CPUs, in a part each two of them, and a rival of middle priority for all nodes but `free`. */
function group(spec: JsonObject, pods: Partial<PodRecord> & { count?: number } = {}, free = 8): string {
  const world = withRacks(cluster()).queue('small', { capability: new Map([['cpu', 2000]]) });
  const { count = 4, ...more } = pods;
  world.snapshot.upsertJob(known(projectPodGroup({ metadata: head('g'), spec })));
  for (let n = 0; n < count; n += 1) {
    const labels = ['app', 'x', 'part', String(n >> 1)];
    world.pods('g', { count: 1, prefix: `g${n}`, requests: amounts(2), labels, task: 'a', ...more });
  }
  for (let n = free; n < 8; n += 1) world.running(`busy-${n}`, 'busy', `n${n}`, { requests: amounts(2) });
  return decided(world);
}

const PARTS: JsonObject = {
  name: 'p',
  subGroupSize: 2,
  labelSelector: { matchLabels: { app: 'x' } },
  matchLabelKeys: ['part'],
};
const RACKED = { highestTierAllowed: 1 };

function ofGroup(one: JsonObject, other: JsonObject, decides: Proof['decides'] = (spec) => group(spec)): Proof {
  return { pair: { one: { minMember: 2, ...one }, other: { minMember: 2, ...other } }, decides };
}

/** A field of the policy for parts, with as many free nodes as are said. */
function ofParts(one: JsonObject, other: JsonObject, free = 8, count = 4): Proof {
  const spec = (part: JsonObject): JsonObject => ({
    minMember: 0,
    subGroupPolicy: [{ ...PARTS, minSubGroups: 1, ...part }],
  });
  return { pair: { one: spec(one), other: spec(other) }, decides: (given) => group(given, { count }, free) };
}

const expressions = (key: string, operator: string, ...values: readonly string[]): JsonObject => ({
  labelSelector: { matchExpressions: [{ key, operator, values: [...values] }] },
});
const within = (topology: JsonObject): JsonObject => ({ networkTopology: topology });

const GROUP: Proofs = {
  'spec.minMember': ofGroup({ minMember: 2 }, { minMember: 5 }),
  'spec.minTaskMember': ofGroup({ minTaskMember: { a: 2 } }, { minTaskMember: { b: 2 } }),
  'spec.queue': ofGroup({ queue: 'default' }, { queue: 'small' }),
  'spec.priorityClassName': ofGroup({ priorityClassName: 'high' }, { priorityClassName: 'low' }, (spec) => {
    const world = new SchedulerWorld().node('n1', amounts(2));
    for (const [name, value] of [
      ['low', 1],
      ['middle', 5],
      ['high', 10],
    ] as const) {
      world.snapshot.setPriorityClass({ name, value, isGlobalDefault: false, isPatient: false });
    }
    world.snapshot.upsertJob(known(projectPodGroup({ metadata: head('g'), spec })));
    world.pods('g', { count: 2, requests: amounts(1) });
    world.gang('rival', { count: 2, requests: amounts(1) }, { priorityClassName: 'middle' });
    return decided(world);
  }),
  'spec.minResources': ofGroup({ minResources: { cpu: '4' } }, { minResources: { cpu: '400' } }),
  'spec.networkTopology.mode': ofGroup(
    within({ mode: 'hard', ...RACKED }),
    within({ mode: 'soft', ...RACKED }),
    (spec) => group({ ...spec, minMember: 4 }),
  ),
  'spec.networkTopology.highestTierAllowed': ofGroup(within(RACKED), within({ highestTierAllowed: 2 }), (spec) =>
    group({ ...spec, minMember: 4 }),
  ),
  'spec.networkTopology.highestTierName': ofGroup(
    within({ highestTierName: 'rack' }),
    within({ highestTierName: 'spine' }),
    (spec) => group({ ...spec, minMember: 4 }),
  ),
  'spec.subGroupPolicy.name': ofParts({ name: 'p', minSubGroups: 2 }, { name: 'q', minSubGroups: 2 }, 2),
  'spec.subGroupPolicy.subGroupSize': ofParts({ subGroupSize: 2 }, { subGroupSize: 3 }),
  'spec.subGroupPolicy.minSubGroups': ofParts({ minSubGroups: 1 }, { minSubGroups: 2 }, 2),
  'spec.subGroupPolicy.labelSelector.matchLabels': ofParts({}, { labelSelector: { matchLabels: { app: 'y' } } }),
  'spec.subGroupPolicy.labelSelector.matchExpressions.key': ofParts(
    expressions('app', 'Exists'),
    expressions('none', 'Exists'),
  ),
  'spec.subGroupPolicy.labelSelector.matchExpressions.operator': ofParts(
    expressions('app', 'Exists'),
    expressions('app', 'DoesNotExist'),
  ),
  'spec.subGroupPolicy.labelSelector.matchExpressions.values': ofParts(
    expressions('app', 'In', 'x'),
    expressions('app', 'In', 'y'),
  ),
  'spec.subGroupPolicy.matchLabelKeys': ofParts({ minSubGroups: 2 }, { minSubGroups: 2, matchLabelKeys: ['app'] }),
  'spec.subGroupPolicy.networkTopology.mode': ofParts(
    { subGroupSize: 4, matchLabelKeys: ['app'], ...within({ mode: 'hard', ...RACKED }) },
    { subGroupSize: 4, matchLabelKeys: ['app'], ...within({ mode: 'soft', ...RACKED }) },
  ),
  'spec.subGroupPolicy.networkTopology.highestTierAllowed': ofParts(
    { subGroupSize: 4, matchLabelKeys: ['app'], ...within(RACKED) },
    { subGroupSize: 4, matchLabelKeys: ['app'], ...within({ highestTierAllowed: 2 }) },
  ),
  'spec.subGroupPolicy.networkTopology.highestTierName': ofParts(
    { subGroupSize: 4, matchLabelKeys: ['app'], ...within({ highestTierName: 'rack' }) },
    { subGroupSize: 4, matchLabelKeys: ['app'], ...within({ highestTierName: 'spine' }) },
  ),
};

/** A queue `q` of that spec beside `r`, with as many groups of one pod of one CPU in each as are said; all nodes have 16 CPUs. */
function queue(spec: JsonObject, which = DEFAULT_POLICY, mine = 16, others = 16): string {
  const world = cluster(which)
    .queue('branch', { capability: new Map([['cpu', 2000]]) })
    .queue('r');
  world.snapshot.upsertQueue(known(projectQueue({ metadata: head('q'), spec })));
  for (let n = 0; n < mine; n += 1)
    world.gang(`q${n}`, { count: 1, requests: amounts(1) }, { queue: 'q', createdMs: n });
  for (let n = 0; n < others; n += 1)
    world.gang(`r${n}`, { count: 1, requests: amounts(1) }, { queue: 'r', createdMs: n });
  return decided(world);
}

function ofQueue(
  name: string,
  one: JsonValue,
  other: JsonValue,
  decides: Proof['decides'] = (spec) => queue(spec),
): Proof {
  return { pair: { one: { [name]: one }, other: { [name]: other } }, decides };
}

const GROUPED: SchedulerPolicy = {
  ...DEFAULT_POLICY,
  tiers: [[plugin('gang'), plugin('predicates'), plugin('proportion'), plugin('nodegroup', { strict: 'false' })]],
};

/** Which groups of nodes the queue uses or avoids, beside one that it uses anyway where it only wishes. */
function ofAffinity(side: 'nodeGroupAffinity' | 'nodeGroupAntiAffinity', rule: 'required' | 'preferred'): Proof {
  const spec = (name: string): JsonObject => ({
    affinity: {
      nodeGroupAffinity: { requiredDuringSchedulingIgnoredDuringExecution: ['g0', 'g1'] },
      [side]: { [`${rule}DuringSchedulingIgnoredDuringExecution`]: [name] },
    },
  });
  return { pair: { one: spec('g0'), other: spec('g1') }, decides: (given) => queue(given, GROUPED, 2, 0) };
}

const AFFINITY = 'spec.affinity';

const QUEUE: Proofs = {
  'spec.weight': ofQueue('weight', 1, 3),
  'spec.capability': ofQueue('capability', { cpu: '2' }, { cpu: '4' }),
  'spec.deserved': ofQueue('deserved', { cpu: '2' }, { cpu: '12' }),
  'spec.guarantee.resource': ofQueue('guarantee', { resource: { cpu: '0' } }, { resource: { cpu: '10' } }, (spec) =>
    queue(spec, DEFAULT_POLICY, 0),
  ),
  'spec.parent': ofQueue('parent', '', 'branch'),
  'spec.priority': ofQueue('priority', 0, 5),
  'spec.reclaimable': ofQueue('reclaimable', true, false, (spec) => {
    const world = cluster(policy('reclaim')).queue('r');
    world.snapshot.upsertQueue(known(projectQueue({ metadata: head('q'), spec })));
    for (let n = 0; n < 16; n += 1) {
      world.group(`q${n}`, 1, { queue: 'q' }).running(`q${n}-0`, `q${n}`, `n${n >> 1}`, { requests: amounts(1) });
    }
    world.gang('r', { count: 2, requests: amounts(1) }, { queue: 'r' });
    return decided(world);
  }),
  'spec.dequeueStrategy': ofQueue('dequeueStrategy', 'fifo', 'traverse', (spec) => {
    const world = cluster();
    world.snapshot.upsertQueue(known(projectQueue({ metadata: head('q'), spec })));
    for (let n = 1; n < 8; n += 1) world.running(`busy-${n}`, 'busy', `n${n}`, { requests: amounts(2) });
    world.gang('first', { count: 4, requests: amounts(2) }, { queue: 'q', createdMs: 1 });
    world.gang('second', { count: 1, requests: amounts(1) }, { queue: 'q', createdMs: 2 });
    return decided(world);
  }),
  [`${AFFINITY}.nodeGroupAffinity.requiredDuringSchedulingIgnoredDuringExecution`]: ofAffinity(
    'nodeGroupAffinity',
    'required',
  ),
  [`${AFFINITY}.nodeGroupAffinity.preferredDuringSchedulingIgnoredDuringExecution`]: ofAffinity(
    'nodeGroupAffinity',
    'preferred',
  ),
  [`${AFFINITY}.nodeGroupAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution`]: ofAffinity(
    'nodeGroupAntiAffinity',
    'required',
  ),
  [`${AFFINITY}.nodeGroupAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution`]: ofAffinity(
    'nodeGroupAntiAffinity',
    'preferred',
  ),
};

/** Where a gang of two pods goes that has to be within tier 1, or `rack`; `h` of that spec is all there is of the network. */
function hyperNode(spec: JsonObject, tier: JsonObject = { highestTierAllowed: 1 }): string {
  const world = cluster();
  world.snapshot.network.upsert(known(projectHyperNode({ metadata: head('h'), spec })));
  world.snapshot.upsertJob(
    known(projectPodGroup({ metadata: head('g'), spec: { minMember: 2, networkTopology: tier } })),
  );
  world.pods('g', { count: 2, requests: amounts(2) });
  return decided(world);
}

function ofMembers(one: JsonObject, other: JsonObject): Proof {
  const spec = (member: JsonObject): JsonObject => ({ tier: 1, tierName: 'rack', members: [member] });
  return { pair: { one: spec(one), other: spec(other) }, decides: (given) => hyperNode(given) };
}

const expression = (key: string, operator: string, ...values: readonly string[]): JsonObject => ({
  type: 'Node',
  selector: { labelMatch: { matchExpressions: [{ key, operator, values: [...values] }] } },
});
const LABEL = 'spec.members.selector.labelMatch';
const TWO = [matching('Node', '^n[23]$')];

const HYPER_NODE: Proofs = {
  'spec.tier': {
    pair: { one: { tier: 1, members: TWO }, other: { tier: 2, members: TWO } },
    decides: (spec) => hyperNode(spec),
  },
  'spec.tierName': {
    pair: { one: { tier: 1, tierName: 'rack', members: TWO }, other: { tier: 1, tierName: 'row', members: TWO } },
    decides: (spec) => hyperNode(spec, { highestTierName: 'rack' }),
  },
  'spec.members.type': ofMembers(matching('Node', '^n[23]$'), matching('HyperNode', '^n[23]$')),
  'spec.members.selector.exactMatch.name': ofMembers(exactly('Node', 'n2'), exactly('Node', 'n9')),
  'spec.members.selector.regexMatch.pattern': ofMembers(matching('Node', '^n[23]$'), matching('Node', '^n[45]$')),
  [`${LABEL}.matchLabels`]: ofMembers(labelled('rack', 'r1'), labelled('rack', 'r2')),
  [`${LABEL}.matchExpressions.key`]: ofMembers(expression('rack', 'In', 'r1'), expression('row', 'In', 'r1')),
  [`${LABEL}.matchExpressions.operator`]: ofMembers(expression('rack', 'In', 'r1'), expression('rack', 'NotIn', 'r1')),
  [`${LABEL}.matchExpressions.values`]: ofMembers(expression('rack', 'In', 'r1'), expression('rack', 'In', 'r2')),
};

for (const [kind, proofs] of Object.entries({ PodGroup: GROUP, Queue: QUEUE, HyperNode: HYPER_NODE })) {
  describe(`each field of a ${kind}`, () => {
    it('that the page calls acted on has its proof', async () => {
      expect(Object.keys(proofs).toSorted()).to.deep.equal((await actedOn(kind)).toSorted());
    });

    for (const [path, { pair, decides }] of Object.entries(proofs)) {
      it(`${path} makes a difference`, () => {
        expect(decides(pair.one)).to.equal(decides(pair.one));
        expect(decides(pair.one)).not.to.equal(decides(pair.other));
      });
    }
  });
}

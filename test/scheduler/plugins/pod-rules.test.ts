import { expect } from 'chai';
import fc from 'fast-check';
import { projectNamespace } from '../../../src/api/projections/namespace.ts';
import { projectNode } from '../../../src/api/projections/node.ts';
import { projectPod } from '../../../src/api/projections/pod.ts';
import type { SchedulingShape } from '../../../src/api/records/scheduling-shape.ts';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import { Snapshot } from '../../../src/scheduler/ledger/snapshot.ts';
import { Scheduler } from '../../../src/scheduler/scheduler.ts';
import { closedBy } from '../../support/pod-rules-judge.ts';
import type { PartialSpec, RawNode, RawPod, RawWorld, Terms } from '../../support/pod-rules-judge.ts';
import { wishScores } from '../../support/pod-wishes-judge.ts';
import { makePodGroup, makeQueue } from '../../support/records.ts';

const KEYS = ['kubernetes.io/hostname', 'zone', 'rack'] as const;
const NAMESPACES = ['red', 'blue'] as const;
const NODES = 6;
/** Few, so that pods of one class come again and again. */
const SPECS = 3;
const RUNS = 300;
/** Of two scores that are the same but for the order in which they were summed. */
const CLOSE = 1e-6;

const someLabels = fc.record({ app: fc.constantFrom('a', 'b'), track: fc.constantFrom('s', 't') });
const selector = fc.oneof(
  fc.record({ matchLabels: fc.record({ app: fc.constantFrom('a', 'b') }) }),
  fc.record({
    matchExpressions: fc.array(
      fc.oneof(
        fc.record({ key: fc.constant('track'), operator: fc.constantFrom('In', 'NotIn'), values: fc.constant(['s']) }),
        fc.record({ key: fc.constantFrom('app', 'other'), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
      ),
      { maxLength: 2 },
    ),
  }),
);
const topologyKey = fc.constantFrom(...KEYS);
const term = fc.record(
  {
    topologyKey,
    labelSelector: selector,
    namespaces: fc.constantFrom(['red'], ['blue', 'red']),
    namespaceSelector: fc.constantFrom({}, { matchLabels: { team: 'x' } }),
  },
  { requiredKeys: ['topologyKey'] },
);
const spread = fc.record(
  {
    topologyKey,
    maxSkew: fc.constantFrom(1, 2),
    whenUnsatisfiable: fc.constantFrom('DoNotSchedule', 'ScheduleAnyway'),
    labelSelector: selector,
    minDomains: fc.constantFrom(1, 3, 7),
    nodeAffinityPolicy: fc.constantFrom('Honor', 'Ignore'),
    nodeTaintsPolicy: fc.constantFrom('Honor', 'Ignore'),
    matchLabelKeys: fc.constantFrom(['track'], ['other']),
  },
  { requiredKeys: ['topologyKey', 'maxSkew', 'whenUnsatisfiable', 'labelSelector'] },
);
const wish = fc.record({ weight: fc.constantFrom(1, 2, 100), podAffinityTerm: term });
const terms: fc.Arbitrary<Terms> = fc.record(
  {
    requiredDuringSchedulingIgnoredDuringExecution: fc.array(term, { maxLength: 2 }),
    preferredDuringSchedulingIgnoredDuringExecution: fc.array(wish, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);
const podSpec: fc.Arbitrary<PartialSpec> = fc.record(
  {
    nodeSelector: fc.constant({ disk: 'fast' }),
    tolerations: fc.constant([{ key: 'gpu', operator: 'Exists' }]),
    affinity: fc.record({ podAffinity: terms, podAntiAffinity: terms }, { requiredKeys: [] }),
    topologySpreadConstraints: fc.array(spread, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);
const nodeShape = fc.record({
  zone: fc.constantFrom('a', 'b', undefined),
  rack: fc.constantFrom('1', '2', '3', undefined),
  disk: fc.constantFrom('fast', 'fast', undefined),
  isTainted: fc.constantFrom(false, false, false, true),
});
const place = fc.nat(NODES - 1);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('pod' as const),
      namespace: fc.constantFrom(...NAMESPACES),
      labels: someLabels,
      spec: fc.nat(SPECS - 1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('stranger' as const),
      namespace: fc.constantFrom(...NAMESPACES),
      labels: someLabels,
      spec: fc.nat(SPECS - 1),
      node: place,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('gone' as const, 'leaves' as const), at: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('relabelled' as const), at: fc.nat(20), labels: someLabels }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('node' as const), node: place, shape: nodeShape }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('nodeGone' as const), node: place }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('namespace' as const),
      namespace: fc.constantFrom(...NAMESPACES),
      team: fc.constantFrom('x', 'y'),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A scheduler, and what it is told in raw form. */
class RuledWorld {
  readonly #snapshot = new Snapshot();
  readonly #scheduler = new Scheduler(this.#snapshot, DEFAULT_POLICY);
  readonly #shapes = new Map<string, SchedulingShape>();
  readonly #nodes = new Map<string, RawNode>();
  readonly #pods = new Map<string, RawPod>();
  readonly #namespaces = new Map<string, Readonly<Record<string, string>>>();
  readonly #specs: readonly PartialSpec[];
  #made = 0;

  constructor(specs: readonly PartialSpec[]) {
    this.#specs = specs;
    for (const name of ['root', 'default']) this.#snapshot.upsertQueue(makeQueue(name));
  }

  take(change: Step): void {
    switch (change.kind) {
      case 'pod':
        return this.#tryPod(change.namespace, change.labels, this.#specs[change.spec] ?? {});
      case 'stranger':
        return this.#put(
          this.#make(change.namespace, change.labels, {
            ...this.#specs[change.spec],
            schedulerName: 'other',
            nodeName: `n${change.node}`,
          }),
        );
      case 'namespace':
        this.#namespaces.set(change.namespace, { team: change.team });
        return this.#snapshot.upsertNamespace(
          must(projectNamespace({ metadata: { name: change.namespace, labels: { team: change.team } } })),
        );
      case 'node':
        return this.#putNode(makeNode(change.node, change.shape));
      case 'nodeGone':
        this.#nodes.delete(`n${change.node}`);
        return this.#snapshot.removeNode(`n${change.node}`);
      default:
        return this.#change(change);
    }
  }

  #change(change: Extract<Step, { at: number }>): void {
    const pods = [...this.#pods.values()];
    const pod = pods[change.at % Math.max(1, pods.length)];
    if (pod === undefined) return;
    const { metadata } = pod;
    if (change.kind === 'relabelled') this.#put({ ...pod, metadata: { ...metadata, labels: change.labels } });
    else if (change.kind === 'leaves')
      this.#put({ ...pod, metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
    else {
      this.#pods.delete(metadata.uid);
      this.#snapshot.removeTask(metadata.uid);
    }
  }

  /**
   * A pending pod: every node is open to it or not as the rules say, and it is placed on an open one if there is any, the one
   * that it would like best. Nothing else tells the nodes apart.
   */
  #tryPod(namespace: string, labels: RawPod['metadata']['labels'], spec: PartialSpec): void {
    const pod = this.#make(namespace, labels, { ...spec, schedulerName: 'sluice' });
    const { uid, name } = pod.metadata;
    this.#snapshot.upsertJob(makePodGroup(name, 1, { namespace, key: `${namespace}/${name}`, phase: 'Inqueue' }));
    this.#snapshot.upsertTask(must(projectPod(pod, this.#shapes)));
    const open = this.#openNodes(pod);
    const decisions = [...this.#scheduler.cycle({ nowMs: 0 })];
    const placed = decisions.flatMap((decision) => (decision.kind === 'gang' ? decision.binds : []));
    expect(placed.length, JSON.stringify(pod)).to.equal(open.length > 0 ? 1 : 0);
    const [bind] = placed;
    if (bind === undefined) {
      this.#snapshot.removeTask(uid);
      this.#snapshot.removeJob(`${namespace}/${name}`);
      return;
    }
    expect(open, JSON.stringify(pod)).to.include(bind.node);
    this.#expectBest(pod, bind.node, open);
    this.#put({ ...pod, spec: { ...pod.spec, nodeName: bind.node } });
  }

  /** No open node has a better score; of those with the same in the same domains it is the first. */
  #expectBest(pod: RawPod, chosen: string, open: readonly string[]): void {
    const world = this.#world();
    const nodes = open.map((name) => must(this.#nodes.get(name)));
    const scores = [...wishScores(pod, nodes, world)].map(([{ metadata }, score]) => ({ ...metadata, score }));
    const own = must(scores.find(({ name }) => name === chosen));
    const better = scores.filter(({ name, labels, score }) => {
      const isSame = KEYS.slice(1).every((key) => labels[key] === own.labels[key]);
      return score > own.score + CLOSE || (isSame && name < chosen && score >= own.score - CLOSE);
    });
    expect(better, `${chosen} for ${JSON.stringify(pod)} among ${JSON.stringify(world.pods)}`).to.deep.equal([]);
  }

  #world(): RawWorld {
    return { nodes: [...this.#nodes.values()], pods: [...this.#pods.values()], namespaces: this.#namespaces };
  }

  /** Every node is open to the pod or closed, as the judge says. */
  #openNodes(pod: RawPod): string[] {
    const world = this.#world();
    this.#snapshot.settle();
    this.#scheduler.framework.open(0);
    const task = must(this.#snapshot.tasks.get(pod.metadata.uid));
    const picker = this.#scheduler.framework.picker(task);
    const verdicts = world.nodes.map((node) => [node.metadata.name, closedBy(pod, node, world)] as const);
    const open = verdicts.filter(([, reason]) => reason === undefined).map(([name]) => name);
    const said = world.nodes
      .map(({ metadata: { name } }) => name)
      .filter((name) => picker.allows(this.#snapshot.nodes.indexOf(name)));
    expect(said, `${JSON.stringify(pod)} ${JSON.stringify(verdicts)}`).to.deep.equal(open);
    return open;
  }

  #make(namespace: string, labels: RawPod['metadata']['labels'], spec: Omit<RawPod['spec'], 'containers'>): RawPod {
    this.#made += 1;
    const name = `p${this.#made}`;
    const annotations = { 'scheduling.k8s.io/group-name': name };
    return {
      metadata: { name, namespace, uid: `uid-${name}`, labels, annotations },
      spec: { ...spec, containers: [{ name: 'main' }] },
    };
  }

  #put(pod: RawPod): void {
    this.#pods.set(pod.metadata.uid, pod);
    this.#snapshot.upsertTask(must(projectPod(pod, this.#shapes)));
  }

  #putNode(node: RawNode): void {
    this.#nodes.set(node.metadata.name, node);
    this.#snapshot.upsertNode(must(projectNode(node)));
  }
}

function makeNode(
  index: number,
  { zone, rack, disk, isTainted }: typeof nodeShape extends fc.Arbitrary<infer T> ? T : never,
): RawNode {
  const name = `n${index}`;
  const labels = { 'kubernetes.io/hostname': name, zone, rack, disk };
  const present = Object.entries(labels).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    metadata: { name, uid: `node-${name}`, labels: Object.fromEntries(present) },
    spec: { taints: isTainted ? [{ key: 'gpu', value: '', effect: 'NoSchedule' }] : [] },
    status: { allocatable: { pods: '110' } },
  };
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing there');
  return value;
}

describe('rules and wishes between pods', () => {
  it('open and close nodes as Kubernetes says, and the best of the open ones is taken, whatever comes and goes', () => {
    const nodes = fc.array(nodeShape, { minLength: NODES, maxLength: NODES });
    const specs = fc.array(podSpec, { minLength: SPECS, maxLength: SPECS });
    fc.assert(
      fc.property(nodes, specs, fc.array(step, { maxLength: 40, size: 'max' }), (shapes, rules, changes) => {
        const world = new RuledWorld(rules);
        shapes.forEach((shape, node) => world.take({ kind: 'node', node, shape }));
        for (const change of changes) world.take(change);
      }),
      { numRuns: RUNS },
    );
  });
});

import { DEFAULT_TIERS } from '../src/api/projections/dataset.ts';
import type { DatasetRecord } from '../src/api/records/dataset-record.ts';
import type { PreferredNodeTerm } from '../src/api/records/scheduling-shape.ts';
import { podWith } from '../src/api/records/stored-pod.ts';
import { DEFAULT_POLICY } from '../src/config/policy.ts';
import type { SchedulerPolicy } from '../src/config/policy.ts';
import { Snapshot } from '../src/scheduler/ledger/snapshot.ts';
import type { GangDecision } from '../src/scheduler/session/decision.ts';
import { Scheduler } from '../src/scheduler/scheduler.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../test/support/records.ts';
import { benchmark } from './benchmark.ts';
import type { Settings } from './benchmark.ts';
import { rounded } from './figures.ts';
import type { Figures } from './figures.ts';
import { seededRandom } from './random.ts';

const HOST = 'kubernetes.io/hostname';
const RACK = 'topology.kubernetes.io/rack';
const ZONE = 'topology.kubernetes.io/zone';
const NODES_A_RACK = 10;
const RACKS_A_ZONE = 5;
const CPUS = 8000;
/** So many rounds a gang runs at most, and so often caches move data. */
const MOST_ROUNDS = 8;
const MOVED_EVERY = 4;
const MOVED_PART = 0.2;

const SETTINGS = {
  nodes: { kind: 'number', fallback: 200, min: 10, max: 10_000, help: 'nodes of 8 CPUs, ten a rack, fifty a zone' },
  datasets: { kind: 'number', fallback: 100, min: 1, max: 10_000, help: 'datasets, each on one to eight nodes' },
  gangs: { kind: 'number', fallback: 3000, min: 1, max: 100_000, help: 'gangs of one to eight pods' },
  seed: { kind: 'number', fallback: 1, min: 0, max: 1_000_000, help: 'of all that is random' },
} as const;

/** What gangs read from where, with random placements of datasets that change while gangs wait. */
export const DATA_LOCALITY_BENCHMARK = benchmark(
  'data-locality',
  'The core alone: what pods read from other nodes, racks and zones, with data-locality, with yes/no node affinity, and with none.',
  SETTINGS,
  (settings) => Promise.resolve(benchDataLocality(settings)),
);

/** `affinity`: one wish for all nodes that have any of it, as it was when the gang came, in place of amounts and news. */
type Mode = 'none' | 'affinity' | 'dataLocality';

function benchDataLocality(settings: Settings<typeof SETTINGS>): Figures {
  const modes: readonly Mode[] = ['none', 'affinity', 'dataLocality'];
  return Object.fromEntries(modes.map((mode) => [mode, play(settings, mode)]));
}

/** The same gangs and datasets in each mode: the load does not hang on what is placed where. */
function play({ nodes, datasets, gangs, seed }: Settings<typeof SETTINGS>, mode: Mode): Figures {
  const random = seededRandom(seed);
  const lying = Array.from({ length: datasets }, () => scattered(nodes, random));
  const world: World = {
    snapshot: clusterOf(nodes),
    lying,
    claims: new Map(),
    ends: new Map(),
    read: { all: 0, node: 0, rack: 0, zone: 0, far: 0 },
  };
  const { snapshot } = world;
  const scheduler = new Scheduler(snapshot, policyOf(mode));
  // As many as keep most of the cluster busy.
  const aRound = Math.max(1, Math.round(nodes / 3));
  let came = 0;
  let milliseconds = 0;
  for (let round = 0; came < gangs || snapshot.waiting.size > 0; round += 1) {
    for (const uid of world.ends.get(round) ?? []) snapshot.removeTask(uid);
    if (round % MOVED_EVERY === 0) {
      lying.forEach((_, at) => random() < MOVED_PART && (lying[at] = scattered(nodes, random)));
    }
    lying.forEach((shares, at) => snapshot.datasets.upsert(datasetOf(at, shares)));
    for (const last = Math.min(gangs, came + aRound); came < last; came += 1) comes(world, `g${came}`, random, mode);
    const startMs = performance.now();
    const decisions = scheduler.cycle({ nowMs: round * 1000 });
    milliseconds += performance.now() - startMs;
    for (const decision of decisions) if (decision.kind === 'gang') start(world, decision, round);
  }
  return { ...figuresOf(world.read), milliseconds: Math.round(milliseconds) };
}

/** Reads of a whole dataset, and the parts of them by where they came from. */
interface Read {
  all: number;
  node: number;
  rack: number;
  zone: number;
  far: number;
}

interface World {
  readonly snapshot: Snapshot;
  /** By dataset. */
  readonly lying: Shares[];
  /** Datasets by gang. */
  readonly claims: Map<string, readonly number[]>;
  /** UIDs of pods by the round in which they end. */
  readonly ends: Map<number, string[]>;
  readonly read: Read;
}

function figuresOf({ all, node, rack, zone, far }: Read): Figures {
  const part = (amount: number): number => rounded(amount / all, 3);
  return {
    reads: all,
    fromNode: part(node),
    fromRack: part(rack),
    fromZone: part(zone),
    fromAfar: part(far),
    remote: part(all - node),
  };
}

function start({ snapshot, lying, claims, ends, read }: World, { group, binds }: GangDecision, round: number): void {
  const end = round + 1 + (hashed(group) % MOST_ROUNDS);
  for (const { uid, node } of binds) {
    const record = snapshot.tasks.get(uid)?.record;
    if (record !== undefined) snapshot.upsertTask(podWith(record, { nodeName: node, phase: 'Running' }));
    for (const claim of claims.get(group) ?? []) account(read, lying[claim] ?? new Map(), Number(node.slice(1)));
    ends.set(end, [...(ends.get(end) ?? []), uid]);
  }
}

/** Parts of a dataset by node. */
type Shares = ReadonlyMap<number, number>;

/** One to eight nodes of two racks have it all together, in parts of any size. */
function scattered(nodes: number, random: () => number): Shares {
  const shares = new Map<number, number>();
  const racks = Math.max(1, Math.floor(nodes / NODES_A_RACK));
  const homes = [Math.floor(random() * racks), Math.floor(random() * racks)];
  const weights = Array.from({ length: 1 + Math.floor(random() * 8) }, () => random() + 0.05);
  const sum = weights.reduce((a, b) => a + b, 0);
  for (const [at, weight] of weights.entries()) {
    const node = (homes[at % 2] ?? 0) * NODES_A_RACK + Math.floor(random() * NODES_A_RACK);
    shares.set(node, (shares.get(node) ?? 0) + weight / sum);
  }
  return shares;
}

function clusterOf(nodes: number): Snapshot {
  const snapshot = new Snapshot();
  snapshot.upsertQueue(makeQueue('default'));
  for (let n = 0; n < nodes; n += 1) {
    const labels = new Map([
      [HOST, `n${n}`],
      [RACK, `r${rackOf(n)}`],
      [ZONE, `z${zoneOf(n)}`],
    ]);
    snapshot.upsertNode(makeNode(`n${n}`, { cpu: CPUS }, { labels }));
  }
  return snapshot;
}

function policyOf(mode: Mode): SchedulerPolicy {
  if (mode === 'dataLocality') return DEFAULT_POLICY;
  return {
    ...DEFAULT_POLICY,
    tiers: DEFAULT_POLICY.tiers.map((tier) => tier.filter(({ name }) => name !== 'data-locality')),
  };
}

function datasetOf(at: number, shares: Shares): DatasetRecord {
  const cached = [...shares].map(([node, share]) => ({ key: HOST, values: [`n${node}`], share }));
  const name = `d${at}`;
  return {
    key: `ns/${name}`,
    namespace: 'ns',
    name,
    uid: name,
    resourceVersion: '1',
    tiers: DEFAULT_TIERS,
    cached,
    volumeClaim: '',
    fluidLabel: '',
    prefetch: '',
  };
}

/** As admission of others writes them: all nodes and zones with any of it, whatever the part. */
function wishes(claims: readonly number[], lying: readonly Shares[]): readonly PreferredNodeTerm[] {
  return claims.flatMap((claim) => {
    const nodes = [...(lying[claim]?.keys() ?? [])];
    const term = (weight: number, key: string, values: readonly string[]): PreferredNodeTerm => ({
      weight,
      labels: [{ key, operator: 'In', values: [...new Set(values)] }],
      fields: [],
    });
    return [
      term(
        100,
        HOST,
        nodes.map((n) => `n${n}`),
      ),
      term(
        50,
        ZONE,
        nodes.map((n) => `z${zoneOf(n)}`),
      ),
    ];
  });
}

/** A gang of one to eight pods that reads one dataset, or two. */
function comes({ snapshot, lying, claims }: World, name: string, random: () => number, mode: Mode): void {
  const any = (): number => Math.floor(random() * lying.length);
  const own = random() < 0.3 ? [any(), any()] : [any()];
  const pods = 1 + Math.floor(random() * 8);
  claims.set(`ns/${name}`, own);
  const shape = makeShape({ cpu: 1000 }, { preferredTerms: mode === 'affinity' ? wishes(own, lying) : [] });
  const datasets = own.map((claim) => `d${claim}`).join(',');
  const minResources = new Map([['cpu', 1000 * pods]]);
  snapshot.upsertJob(makePodGroup(name, pods, { createdMs: Number(name.slice(1)), minResources }));
  for (let p = 0; p < pods; p += 1) snapshot.upsertTask(makePod(`${name}-${p}`, name, shape, { datasets }));
}

/** Each pod reads all of it once, each part from the nearest that has it; sizes are alike. */
function account(read: Read, shares: Shares, node: number): void {
  const within = (of: (n: number) => number): number => {
    let sum = 0;
    for (const [n, share] of shares) if (of(n) === of(node)) sum += share;
    return Math.min(1, sum);
  };
  const [onNode, onRack, onZone] = [within((n) => n), within(rackOf), within(zoneOf)];
  read.all += 1;
  read.node += onNode;
  read.rack += onRack - onNode;
  read.zone += onZone - onRack;
  read.far += 1 - onZone;
}

function rackOf(node: number): number {
  return Math.floor(node / NODES_A_RACK);
}

function zoneOf(node: number): number {
  return Math.floor(rackOf(node) / RACKS_A_ZONE);
}

/** How long a gang runs is its own, whenever it starts. */
function hashed(text: string): number {
  let hash = 7;
  for (let at = 0; at < text.length; at += 1) hash = (hash * 31 + text.charCodeAt(at)) % 1_000_003;
  return hash;
}

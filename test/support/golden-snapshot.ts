import type { PodPhase } from '../../src/api/records/pod-record.ts';
import type { PodGroupPhase } from '../../src/api/records/pod-group-record.ts';
import type { QueueRecord } from '../../src/api/records/queue-record.ts';
import type { TaintRecord, Toleration } from '../../src/api/records/scheduling-shape.ts';
import { Snapshot } from '../../src/scheduler/ledger/snapshot.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from './records.ts';

type Amounts = Readonly<Record<string, number>>;
type Labels = Readonly<Record<string, string>>;

interface GoldenQueue {
  readonly name: string;
  readonly weight?: number;
  readonly capability?: Amounts;
  readonly guarantee?: Amounts;
  readonly state?: QueueRecord['state'];
}

/** `count` nodes `<name>-0`, `<name>-1` ... that are alike. */
interface GoldenNodes {
  readonly name: string;
  readonly count: number;
  readonly allocatable: Amounts;
  readonly labels?: Labels;
  readonly taints?: readonly TaintRecord[];
  readonly unschedulable?: boolean;
}

interface GoldenGroup {
  readonly name: string;
  readonly minMember: number;
  readonly queue?: string;
  readonly createdMs?: number;
  readonly phase?: PodGroupPhase;
  readonly minTaskMember?: Amounts;
  readonly minResources?: Amounts;
}

/** `count` pods `<name>-0`, `<name>-1` ... that are alike. */
interface GoldenPods {
  readonly name: string;
  readonly group: string;
  readonly count: number;
  readonly requests: Amounts;
  readonly task?: string;
  readonly nodeName?: string;
  readonly phase?: PodPhase;
  readonly deleting?: boolean;
  readonly nodeSelector?: Labels;
  readonly tolerations?: readonly Toleration[];
  readonly port?: number;
}

/** A cluster as `test/golden/scheduler/<case>/snapshot.json` writes it; amounts in the records' units. */
export interface GoldenSnapshot {
  /** What the case shows. */
  readonly about: string;
  readonly queues: readonly GoldenQueue[];
  readonly nodes: readonly GoldenNodes[];
  readonly groups: readonly GoldenGroup[];
  readonly pods: readonly GoldenPods[];
}

/** The snapshot that the file describes. */
export function snapshotOf(golden: GoldenSnapshot): Snapshot {
  const snapshot = new Snapshot();
  for (const { name, capability, guarantee, ...rest } of golden.queues) {
    snapshot.upsertQueue(makeQueue(name, { ...rest, capability: mapOf(capability), guarantee: mapOf(guarantee) }));
  }
  for (const nodes of golden.nodes) addNodes(snapshot, nodes);
  for (const { name, minMember, minTaskMember, minResources, ...rest } of golden.groups) {
    const minima = { minTaskMember: mapOf(minTaskMember) ?? new Map(), minResources: mapOf(minResources) };
    snapshot.upsertJob(makePodGroup(name, minMember, { ...rest, ...minima }));
  }
  for (const pods of golden.pods) addPods(snapshot, pods);
  return snapshot;
}

function addNodes(snapshot: Snapshot, { name, count, allocatable, labels = {}, ...rest }: GoldenNodes): void {
  for (let i = 0; i < count; i += 1) {
    snapshot.upsertNode(makeNode(`${name}-${i}`, allocatable, { ...rest, labels: new Map(Object.entries(labels)) }));
  }
}

function addPods(snapshot: Snapshot, pods: GoldenPods): void {
  const { name, group, count, requests, nodeSelector = {}, tolerations = [], port, ...rest } = pods;
  const hostPorts = port === undefined ? [] : [{ protocol: 'TCP', port, ip: '0.0.0.0' }];
  const shape = makeShape(requests, { nodeSelector: new Map(Object.entries(nodeSelector)), tolerations, hostPorts });
  for (let i = 0; i < count; i += 1) snapshot.upsertTask(makePod(`${name}-${i}`, group, shape, rest));
}

function mapOf(amounts: Amounts | undefined): ReadonlyMap<string, number> | undefined {
  return amounts === undefined ? undefined : new Map(Object.entries(amounts));
}

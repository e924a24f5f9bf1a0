import { projectPodGroup } from '../src/api/projections/pod-group.ts';
import type { PodRecord } from '../src/api/records/pod-record.ts';
import { watchedPods } from '../src/api/watched-kinds.ts';
import { DEFAULT_POLICY } from '../src/config/policy.ts';
import type { JsonObject } from '../src/lib/json.ts';
import { Snapshot } from '../src/scheduler/ledger/snapshot.ts';
import { Scheduler } from '../src/scheduler/scheduler.ts';
import { makeNode, makeQueue } from '../test/support/records.ts';
import type { Figures } from './figures.ts';
import { podGroupObject, podObject } from './gang-object.ts';
import { liveBytes } from './live-bytes.ts';

export interface MemorySettings {
  readonly nodes: number;
  readonly pods: number;
  readonly podsPerGang: number;
}

export const CORE_MEMORY: MemorySettings = { nodes: 5000, pods: 150_000, podsPerGang: 50 };

const KIB_PER_GIB = 1024 * 1024;
const NAMESPACE = 'bench';

/**
 * What running pods cost in the core, their groups included: each is parsed from JSON text and projected as the engine does it,
 * taken into the snapshot, and seen by one cycle.
 */
export function benchMemory(settings: MemorySettings): Figures {
  const snapshot = new Snapshot();
  const scheduler = new Scheduler(snapshot, DEFAULT_POLICY);
  const kind = watchedPods();
  snapshot.upsertQueue(makeQueue('default'));
  for (let n = 0; n < settings.nodes; n += 1) {
    snapshot.upsertNode(makeNode(nodeName(n), { cpu: 64_000, memory: 256 * KIB_PER_GIB }));
  }
  scheduler.cycle({ nowMs: 0 });
  const empty = liveBytes();
  let records = Array.from({ length: settings.pods }, (_, index) => projected(kind.project, index, settings));
  const withRecords = liveBytes();
  for (let gang = 0; gang * settings.podsPerGang < settings.pods; gang += 1) addGang(snapshot, gang, settings);
  for (const record of records) snapshot.upsertTask(record);
  records = [];
  scheduler.cycle({ nowMs: 0 });
  const full = liveBytes();
  // Lives until here, with what its records share.
  kind.project({});
  if (snapshot.tasks.size !== settings.pods) throw new Error(`Cannot report: ${snapshot.tasks.size} pods are known`);
  const aPod = (bytes: number): number => Math.round(bytes / settings.pods);
  return {
    bytesPerPod: aPod(full - empty),
    recordBytesPerPod: aPod(withRecords - empty),
    liveMb: Math.round(full / 1e6),
  };
}

function projected(
  project: (raw: JsonObject) => PodRecord | undefined,
  index: number,
  { nodes, podsPerGang }: MemorySettings,
): PodRecord {
  const gang = gangName(Math.floor(index / podsPerGang));
  const name = `${gang}-worker-${index % podsPerGang}`;
  const raw = podObject({ namespace: NAMESPACE, gang, groupUid: `uid-${gang}` }, name, 'owned');
  const spec = { ...(raw['spec'] as JsonObject), nodeName: nodeName(index % nodes) };
  const record = project(asStored({ ...raw, spec, status: { phase: 'Running' } }, index));
  if (record === undefined) throw new Error(`Cannot project ${name}`);
  return record;
}

function addGang(snapshot: Snapshot, gang: number, { pods, podsPerGang }: MemorySettings): void {
  const members = Math.min(podsPerGang, pods - gang * podsPerGang);
  const raw = podGroupObject({ namespace: NAMESPACE, gang: gangName(gang) }, members, 'owned');
  const record = projectPodGroup(asStored({ ...raw, status: { phase: 'Running' } }, gang));
  if (record !== undefined) snapshot.upsertJob(record);
}

/** With what the API server gives an object, and every text of it a copy of its own, as parsing makes them. */
function asStored(raw: JsonObject, index: number): JsonObject {
  const stored = {
    ...raw,
    metadata: {
      ...(raw['metadata'] as JsonObject),
      uid: `0d9b3f2e-6f0e-4b0a-9c7e-${String(index).padStart(12, '0')}`,
      resourceVersion: String(1_000_000 + index),
      creationTimestamp: new Date(1_790_000_000_000 + index * 1000).toISOString().replace('.000', ''),
    },
  };
  return JSON.parse(JSON.stringify(stored)) as JsonObject;
}

function gangName(gang: number): string {
  return `training-${String(gang).padStart(5, '0')}`;
}

function nodeName(n: number): string {
  return `node-${String(n).padStart(5, '0')}`;
}

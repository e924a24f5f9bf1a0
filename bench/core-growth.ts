import { podWith } from '../src/api/records/stored-pod.ts';
import type { PodRecord } from '../src/api/records/pod-record.ts';
import { watchedPods } from '../src/api/watched-kinds.ts';
import { DEFAULT_POLICY } from '../src/config/policy.ts';
import type { JsonObject } from '../src/lib/json.ts';
import { Snapshot } from '../src/scheduler/ledger/snapshot.ts';
import { Scheduler } from '../src/scheduler/scheduler.ts';
import { makeNode, makePodGroup, makeQueue } from '../test/support/records.ts';
import type { Figures } from './figures.ts';
import { rounded } from './figures.ts';
import { podObject } from './gang-object.ts';
import { liveBytes } from './live-bytes.ts';

export interface GrowthSettings {
  readonly nodes: number;
  readonly pods: number;
  /** Pods that are there at the same time. */
  readonly wave: number;
  readonly classes: number;
  /** Pods after these, each of a class of its own that asks for a resource of its own. */
  readonly strangers: number;
}

export const CORE_GROWTH: GrowthSettings = {
  nodes: 1000,
  pods: 1_000_000,
  wave: 10_000,
  classes: 10_000,
  strangers: 100_000,
};

const KIB_PER_GIB = 1024 * 1024;
const PODS_PER_GANG = 10;
const STRANGERS_A_WAVE = 1000;
/** What is alive after this part of the pods is what a core of any age should need. */
const FIRST_PART = 0.1;

/** Pods come, are placed, run and go, wave after wave; then such as nobody has seen the like of. Nothing of them may be left. */
export function benchGrowth(settings: GrowthSettings): Figures {
  const world = new World(settings);
  const usual = grown(Math.ceil(settings.pods / settings.wave), () => world.wave());
  const strange = grown(Math.ceil(settings.strangers / STRANGERS_A_WAVE), () => world.strangeWave());
  return {
    growth: rounded(usual.last / usual.first, 3),
    strangeGrowth: rounded(strange.last / strange.first, 3),
    firstMb: inMb(usual.first),
    lastMb: inMb(usual.last),
    firstStrangeMb: inMb(strange.first),
    lastStrangeMb: inMb(strange.last),
    placedPods: world.placed,
  };
}

/** What is alive after the first part of the waves, and after all. */
function grown(waves: number, wave: () => void): { readonly first: number; readonly last: number } {
  const firstPart = Math.max(1, Math.round(waves * FIRST_PART));
  let first = 0;
  for (let done = 1; done <= waves; done += 1) {
    wave();
    if (done === firstPart) first = liveBytes();
  }
  return { first, last: liveBytes() };
}

function inMb(bytes: number): number {
  return rounded(bytes / 1e6, 1);
}

class World {
  placed = 0;
  readonly #settings: GrowthSettings;
  readonly #snapshot = new Snapshot();
  readonly #scheduler = new Scheduler(this.#snapshot, DEFAULT_POLICY);
  readonly #kind = watchedPods();
  /** Gangs so far. */
  #gangs = 0;

  constructor(settings: GrowthSettings) {
    this.#settings = settings;
    this.#snapshot.upsertQueue(makeQueue('default'));
    for (let n = 0; n < settings.nodes; n += 1) {
      const name = `node-${String(n).padStart(5, '0')}`;
      this.#snapshot.upsertNode(makeNode(name, { cpu: 64_000, memory: 256 * KIB_PER_GIB }));
    }
  }

  wave(): void {
    const pods: PodRecord[] = [];
    const groups: string[] = [];
    while (pods.length < this.#settings.wave) groups.push(this.#arrive(pods));
    const byUid = new Map(pods.map((pod) => [pod.uid, pod]));
    for (const decision of this.#scheduler.cycle({ nowMs: 0 })) {
      if (decision.kind === 'gang') for (const { uid, node } of decision.binds) this.#run(byUid.get(uid), node);
    }
    this.#scheduler.cycle({ nowMs: 0 });
    this.#leave(byUid.keys(), groups);
  }

  /**
   * Groups of one that no node can hold: what they ask for, and where they want to be, nobody asked for before. A gang that is
   * placed comes with them: what there is of nodes is looked at.
   */
  strangeWave(): void {
    const usual: PodRecord[] = [];
    const groups = [this.#arrive(usual)];
    const uids = usual.map(({ uid }) => uid);
    for (let i = 0; i < STRANGERS_A_WAVE; i += 1) {
      const gang = `strange-${this.#gangs}`;
      const resource = `example.com/${gang}`;
      const group = makePodGroup(gang, 1, { createdMs: this.#gangs, minResources: new Map([[resource, 1]]) });
      this.#gangs += 1;
      const pod = this.#kind.project(podOf(gang, 0, { [resource]: '1' }, { place: gang }));
      if (pod === undefined) throw new Error(`Cannot project a pod of ${gang}`);
      this.#snapshot.upsertJob(group);
      this.#snapshot.upsertTask(pod);
      uids.push(pod.uid);
      groups.push(group.key);
    }
    this.#scheduler.cycle({ nowMs: 0 });
    this.#leave(uids, groups);
  }

  #leave(uids: Iterable<string>, groups: Iterable<string>): void {
    for (const uid of uids) this.#snapshot.removeTask(uid);
    for (const key of groups) this.#snapshot.removeJob(key);
    this.#scheduler.cycle({ nowMs: 0 });
  }

  /** The key of a gang whose pods were added. */
  #arrive(pods: PodRecord[]): string {
    const gang = `run-${this.#gangs}`;
    const shape = this.#gangs % this.#settings.classes;
    const minResources = new Map([['cpu', PODS_PER_GANG * milliOf(shape)]]);
    const group = makePodGroup(gang, PODS_PER_GANG, { createdMs: this.#gangs, minResources });
    this.#snapshot.upsertJob(group);
    this.#gangs += 1;
    for (let p = 0; p < PODS_PER_GANG; p += 1) {
      const pod = this.#kind.project(podOf(gang, p, requestsOf(shape)));
      if (pod === undefined) throw new Error(`Cannot project a pod of ${gang}`);
      this.#snapshot.upsertTask(pod);
      pods.push(pod);
    }
    return group.key;
  }

  #run(pod: PodRecord | undefined, nodeName: string): void {
    if (pod === undefined) return;
    this.#snapshot.upsertTask(podWith(pod, { nodeName, phase: 'Running' }));
    this.placed += 1;
  }
}

function podOf(gang: string, p: number, requests: JsonObject, nodeSelector: JsonObject = {}): JsonObject {
  const name = `${gang}-${p}`;
  const raw = podObject({ namespace: 'ns', gang }, name, 'stamped');
  const metadata = { ...(raw['metadata'] as JsonObject), uid: `uid-${name}` };
  const containers = [{ name: 'main', resources: { requests } }];
  return { ...raw, metadata, spec: { schedulerName: 'sluice', nodeSelector, containers } };
}

function requestsOf(shape: number): JsonObject {
  return { cpu: `${milliOf(shape)}m`, memory: `${64 + Math.floor(shape / CPU_SIZES)}Mi` };
}

const CPU_SIZES = 1000;

function milliOf(shape: number): number {
  return 100 + (shape % CPU_SIZES);
}

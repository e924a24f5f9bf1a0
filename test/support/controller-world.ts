import type { RootRecord } from '../../src/api/records/root-record.ts';
import type { WorkloadRecord } from '../../src/api/records/workload-record.ts';
import { JOBS, NAMESPACES, POD_GROUPS, PODS, QUEUES } from '../../src/api/resources.ts';
import type { ResourceType } from '../../src/api/resources.ts';
import { createControllers } from '../../src/engine/control/control-loop.ts';
import type { Controllers } from '../../src/engine/control/control-loop.ts';
import type { Change, ClusterWriter, WriteOutcome, WriteRequest } from '../../src/engine/ports.ts';
import { makeNamespace } from './controller-records.ts';
import { ControllerModel } from './controller-model.ts';
import type { ModelKind, ModelRecord } from './controller-model.ts';
import { recordedPorts, settled } from './controller-ports.ts';
import type { RecordedPorts } from './controller-ports.ts';
import { ManualClock } from './manual-clock.ts';
import { makeQueue } from './records.ts';
import { kindOf } from './workload-kinds.ts';

/** How a write goes wrong: before it was done, or after, with the answer lost. */
export type WriteFault = 'none' | 'lost' | 'answerLost' | 'throttled';

/** Puts a task off; fast-check's scheduler, or at once. */
export type DelayFn = (label: string) => Promise<void>;

const TYPES = { jobs: JOBS, pods: PODS, podgroups: POD_GROUPS, queues: QUEUES, namespaces: NAMESPACES } as const;
/** The one workload kind of the world. */
export const TORCH = kindOf('kubeflow.org', 'v1', 'PyTorchJob');
const LISTED: readonly ModelKind[] = ['namespaces', 'pods', 'roots', 'jobs', 'queues', 'podgroups'];

/** The controllers over a model API server, with watch streams and answers that arrive when `delay` lets them. */
export class ControllerWorld {
  readonly clock = new ManualClock(100_000);
  readonly model: ControllerModel;
  readonly ports: RecordedPorts;
  readonly controllers: Controllers;
  readonly #delay: DelayFn;
  readonly #faults: WriteFault[];
  /** UIDs of those that exist. */
  readonly #workloads = new Set<string>();
  readonly #streams = new Map<ModelKind, Change<ModelRecord>[]>();

  constructor(delay: DelayFn = () => Promise.resolve(), faults: readonly WriteFault[] = []) {
    this.#delay = delay;
    this.#faults = [...faults];
    this.model = new ControllerModel((kind, key, before) => this.#stream(kind, key, before));
    const writer: ClusterWriter = { write: (request) => this.#write(request) };
    this.ports = recordedPorts(writer, this.model, this.clock);
    this.controllers = createControllers(this.ports);
  }

  /** Hands over first lists of what the model holds now; the rest comes as changes. */
  list(): void {
    this.#streams.clear();
    // What the model does not hold, there is none of.
    const held = new Set<ResourceType>(Object.values(TYPES));
    for (const { type } of this.controllers.kinds) {
      if (!held.has(type)) this.controllers.apply(type, [{ kind: 'replace', records: [] }]);
    }
    for (const kind of LISTED) {
      this.#apply(kind, { kind: 'replace', records: [...this.model.stores[kind].values()] });
    }
  }

  /** A ReplicaSet or the like came or changed. */
  putWorkload(type: ResourceType, record: WorkloadRecord): void {
    this.#workloads.add(record.uid);
    this.controllers.apply(type, [{ kind: 'upsert', record }]);
  }

  /** The definition of the workload kind goes, or its objects cannot be read any more. */
  loseRoots(): void {
    this.#streams.delete('roots');
    this.#apply('roots', { kind: 'replace', records: [] });
  }

  /** They can be read again. */
  listRoots(): void {
    this.#streams.delete('roots');
    this.#apply('roots', { kind: 'replace', records: [...this.model.stores.roots.values()] });
  }

  #apply(kind: ModelKind, change: Change<ModelRecord>): void {
    if (kind === 'roots') this.controllers.applyRoots(TORCH, [change as Change<RootRecord>]);
    else this.controllers.apply(TYPES[kind], [change]);
  }

  /** Runs until nothing is left to do, but for timers beyond the given time. */
  async rest(forMs = 10_000, release: () => Promise<boolean> = () => Promise.resolve(false)): Promise<void> {
    const untilMs = this.clock.nowMs() + forMs;
    for (;;) {
      await settled();
      if (await release()) continue;
      const leftMs = untilMs - this.clock.nowMs();
      if (leftMs <= 0) return;
      if (!this.clock.stepWithin(leftMs)) this.clock.advance(leftMs);
    }
  }

  /** The garbage collector, after its own time: groups whose owner is gone go too, even those made after it went. */
  async #collect(): Promise<void> {
    await this.#delay('collect garbage');
    const { roots, jobs, pods, podgroups } = this.model.stores;
    const alive = new Set([...roots.values(), ...jobs.values(), ...pods.values()].map((record) => record.uid));
    for (const group of podgroups.values()) {
      const uid = group.owner?.uid;
      if (uid !== undefined && !alive.has(uid) && !this.#workloads.has(uid)) this.model.remove('podgroups', group.key);
    }
  }

  /** One stream per kind: changes of a kind keep their order, kinds overtake each other. */
  #stream(kind: ModelKind, key: string, before: ModelRecord | undefined): void {
    const record = this.model.stores[kind].get(key);
    const waiting = this.#streams.get(kind) ?? [];
    this.#streams.set(kind, waiting);
    if (record !== undefined) waiting.push({ kind: 'upsert', record });
    else if (before !== undefined) waiting.push({ kind: 'delete', record: before });
    void this.#delay(`watch ${kind}`).then(() => this.#deliver(kind));
    const mayLeaveGarbage = kind === 'podgroups' ? record !== undefined : record === undefined;
    if (mayLeaveGarbage) void this.#collect();
  }

  #deliver(kind: ModelKind): void {
    const change = this.#streams.get(kind)?.shift();
    if (change === undefined) return;
    this.#apply(kind, change);
  }

  async #write(request: WriteRequest): Promise<WriteOutcome> {
    const fault = this.#faults.shift() ?? 'none';
    await this.#delay(`send ${request.verb}`);
    if (fault === 'lost') return { kind: 'unknown', message: 'connection reset' };
    if (fault === 'throttled') return { kind: 'throttled', retryAfterMs: 50, message: 'slow down' };
    const outcome = this.model.commit(request);
    await this.#delay(`answer ${request.verb}`);
    return fault === 'answerLost' ? { kind: 'unknown', message: 'time-out' } : outcome;
  }
}

/** Controllers at work in an opted-in namespace `ns`, with the queues that Sluice makes. */
export function startedWorld(): ControllerWorld {
  const world = new ControllerWorld();
  world.model.put('namespaces', 'ns', makeNamespace('ns'));
  world.model.put('queues', 'root', makeQueue('root'));
  world.model.put('queues', 'default', makeQueue('default'));
  world.list();
  world.controllers.start();
  return world;
}

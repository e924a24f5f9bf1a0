import { projectCsiDriver, projectCsiNode, projectStorageCapacity } from '../../src/api/projections/csi.ts';
import { projectStorageClass } from '../../src/api/projections/storage-class.ts';
import { projectVolumeClaim } from '../../src/api/projections/volume-claim.ts';
import { projectVolume } from '../../src/api/projections/volume.ts';
import { projectDeviceClass } from '../../src/api/projections/devices/device-class.ts';
import { projectClaimTemplate } from '../../src/api/projections/devices/claim-template.ts';
import { projectDeviceTaintRule } from '../../src/api/projections/devices/device-taint.ts';
import { projectResourceClaim } from '../../src/api/projections/devices/resource-claim.ts';
import { projectResourceSlice } from '../../src/api/projections/devices/resource-slice.ts';
import { projectDisruptionBudget } from '../../src/api/projections/disruption-budget.ts';
import { projectDataset } from '../../src/api/projections/dataset.ts';
import { projectHyperNode } from '../../src/api/projections/hyper-node.ts';
import { projectNumatopology } from '../../src/api/projections/numatopology.ts';
import { projectResourceQuota } from '../../src/api/projections/resource-quota.ts';
import { projectNode } from '../../src/api/projections/node.ts';
import { projectPodGroup } from '../../src/api/projections/pod-group.ts';
import { projectPod } from '../../src/api/projections/pod.ts';
import { projectPriorityClass } from '../../src/api/projections/priority-class.ts';
import { projectQueue } from '../../src/api/projections/queue.ts';
import type { SchedulingShape } from '../../src/api/records/scheduling-shape.ts';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../src/config/policy.ts';
import type { Change, ChangeHandler, WriteOutcome, WriteRequest } from '../../src/engine/ports.ts';
import { GrowingGroups } from '../../src/engine/growing-groups.ts';
import type { Post } from '../../src/engine/outside/post.ts';
import { SchedulerLoop } from '../../src/engine/cycle/scheduler-loop.ts';
import { SLUICES_WORDS } from '../../src/engine/cycle/tell/words.ts';
import type { Words } from '../../src/engine/cycle/tell/words.ts';
import { settled } from './controller-ports.ts';
import { FakeApi } from './fake-api.ts';
import type { ApiChange } from './fake-api.ts';
import { fixedRandomness, ManualClock } from './manual-clock.ts';
import { QUIET_LOG } from './quiet-log.ts';
import { RecordingMetrics } from './recording-metrics.ts';

interface Flight {
  isOver: boolean;
  readonly commit: () => void;
}

/** Times on the way, each asked for once for each message. */
export interface Latencies {
  readonly request: () => number;
  readonly answer: () => number;
  readonly watch: () => number;
}

/** An event as it was recorded. */
export interface LoopEvent {
  readonly name: string;
  readonly reason: string;
  readonly note: string;
  readonly atMs: number;
}

const INSTANT: Latencies = { request: () => 0, answer: () => 0, watch: () => 0 };

/** A scheduler loop over the fake API on a manual clock; the loop can be dropped at any moment and a new one started. */
export class LoopWorld {
  readonly clock = new ManualClock(1_000_000);
  readonly api = new FakeApi();
  readonly metrics = new RecordingMetrics();
  readonly events: LoopEvent[] = [];
  readonly growing = new GrowingGroups();
  /** What programs that plugins ask answer with. */
  post: Post = () => Promise.reject(new Error('nobody is to be asked'));
  readonly #latencies: Latencies;
  readonly #policy: SchedulerPolicy;
  readonly #words: Words;
  readonly #flights = new Set<Flight>();
  #life = 0;
  #loop: SchedulerLoop | undefined;
  #unwatch: () => void = () => undefined;

  constructor(latencies: Latencies = INSTANT, policy: SchedulerPolicy = DEFAULT_POLICY, words: Words = SLUICES_WORDS) {
    this.#words = words;
    this.#latencies = latencies;
    this.#policy = policy;
  }

  get loop(): SchedulerLoop {
    if (this.#loop === undefined) throw new Error('No loop was started');
    return this.#loop;
  }

  /** A new leader: lists what the server holds, watches from there, decides. */
  start(): void {
    this.#life += 1;
    const life = this.#life;
    const loop = this.#makeLoop(() => this.#life === life);
    const handlers = handlersOf(loop);
    for (const [plural, handler] of handlers) {
      handler(
        this.api.list(plural).map((object) => ({ kind: 'upsert', plural, object })),
        true,
      );
    }
    const lastDueMs = new Map<string, number>();
    this.#unwatch = this.api.watch((change) => {
      const dueMs = Math.max(lastDueMs.get(change.plural) ?? 0, this.clock.nowMs() + this.#latencies.watch());
      lastDueMs.set(change.plural, dueMs);
      this.clock.after(dueMs - this.clock.nowMs(), () => {
        if (this.#life === life) handlers.get(change.plural)?.([change], false);
      });
    });
    this.#loop = loop;
    loop.start();
  }

  /** Drops the loop without a word; of its requests under way, some still arrive and the others are lost. */
  crash(arrives: (nth: number) => boolean): void {
    this.#life += 1;
    this.#unwatch();
    this.#loop = undefined;
    for (const [nth, flight] of [...this.#flights].entries()) {
      if (arrives(nth)) flight.commit();
      flight.isOver = true;
    }
    this.#flights.clear();
  }

  /** Runs for the time, with every promise settled between two timers. */
  async run(forMs: number): Promise<void> {
    const untilMs = this.clock.nowMs() + forMs;
    for (;;) {
      await settled();
      const leftMs = untilMs - this.clock.nowMs();
      if (this.clock.stepWithin(leftMs)) continue;
      this.clock.advance(leftMs);
      return;
    }
  }

  #makeLoop(isAlive: () => boolean): SchedulerLoop {
    const { clock, metrics, events } = this;
    return new SchedulerLoop({
      policy: this.#policy,
      words: this.#words,
      metrics,
      log: QUIET_LOG,
      randomness: fixedRandomness(),
      growing: this.growing,
      post: (url, body, timeoutMs) => this.post(url, body, timeoutMs),
      leadership: { isLeader: isAlive, epoch: this.#life },
      isCurrent: () => true,
      writer: { write: (request) => this.#write(request, isAlive) },
      events: {
        record: ({ name }, _type, reason, _action, note) => events.push({ name, reason, note, atMs: clock.nowMs() }),
      },
      clock: {
        nowMs: () => clock.nowMs(),
        monotonicMs: () => clock.monotonicMs(),
        after: (delayMs, task) =>
          clock.after(delayMs, () => {
            if (isAlive()) task();
          }),
      },
    });
  }

  /** A process that is gone gets no answer. */
  #write(request: WriteRequest, isAlive: () => boolean): Promise<WriteOutcome> {
    return new Promise((resolve) => {
      if (!isAlive()) return;
      const flight: Flight = {
        isOver: false,
        commit: () => {
          if (flight.isOver) return;
          flight.isOver = true;
          this.#flights.delete(flight);
          const outcome = this.api.commit(request, this.api.faults(request));
          this.clock.after(this.#latencies.answer(), () => {
            if (isAlive()) resolve(outcome);
          });
        },
      };
      this.#flights.add(flight);
      this.clock.after(this.#latencies.request(), flight.commit);
    });
  }
}

type RawHandler = (changes: readonly ApiChange[], isList: boolean) => void;

function handlersOf(loop: SchedulerLoop): ReadonlyMap<string, RawHandler> {
  const shapes = new Map<string, SchedulingShape>();
  return new Map<string, RawHandler>([
    ['nodes', rawHandler(loop.cluster.onNodes, projectNode)],
    ['queues', rawHandler(loop.cluster.onQueues, projectQueue)],
    ['priorityclasses', rawHandler(loop.rules.onPriorityClasses, projectPriorityClass)],
    ['namespaces', (_, isList) => isList && loop.rules.onNamespaces([{ kind: 'replace', records: [] }])],
    ['poddisruptionbudgets', rawHandler(loop.rules.onDisruptionBudgets, projectDisruptionBudget)],
    ['persistentvolumeclaims', rawHandler(loop.storage.onVolumeClaims, projectVolumeClaim)],
    ['persistentvolumes', rawHandler(loop.storage.onVolumes, projectVolume)],
    ['storageclasses', rawHandler(loop.storage.onStorageClasses, projectStorageClass)],
    ['csinodes', rawHandler(loop.storage.onCsiNodes, projectCsiNode)],
    ['csidrivers', rawHandler(loop.storage.onCsiDrivers, projectCsiDriver)],
    ['csistoragecapacities', rawHandler(loop.storage.onStorageCapacities, projectStorageCapacity)],
    ['resourcequotas', rawHandler(loop.rules.onResourceQuotas, projectResourceQuota)],
    ['datasets', rawHandler(loop.rules.onDatasets, projectDataset)],
    ['resourceslices', rawHandler(loop.devices.onSlices, projectResourceSlice)],
    ['deviceclasses', rawHandler(loop.devices.onClasses, projectDeviceClass)],
    ['resourceclaims', rawHandler(loop.devices.onClaims, projectResourceClaim)],
    ['resourceclaimtemplates', rawHandler(loop.devices.onTemplates, projectClaimTemplate)],
    ['devicetaintrules', rawHandler(loop.devices.onTaintRules, projectDeviceTaintRule)],
    ['hypernodes', rawHandler(loop.topology.onHyperNodes, projectHyperNode)],
    ['numatopologies', rawHandler(loop.numa.onNumatopologies, projectNumatopology)],
    ['podgroups', rawHandler(loop.cluster.onPodGroups, projectPodGroup)],
    ['pods', rawHandler(loop.cluster.onPods, (raw) => projectPod(raw, shapes))],
  ]);
}

function rawHandler<T>(handler: ChangeHandler<T>, project: (raw: unknown) => T | undefined): RawHandler {
  return (changes, isList) => {
    const out: Change<T>[] = [];
    for (const { kind, object } of changes) {
      const record = project(object);
      if (record === undefined) throw new Error('The fake holds an object without a name');
      out.push({ kind, record });
    }
    handler(
      isList
        ? [{ kind: 'replace', records: out.flatMap((change) => ('record' in change ? [change.record] : [])) }]
        : out,
    );
  };
}

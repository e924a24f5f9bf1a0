import type { ControllerSettings } from '../../api/controller-settings.ts';
import type { RootRecord } from '../../api/records/root-record.ts';
import type { ResourceType } from '../../api/resources.ts';
import type { SubmitterKeys } from '../../api/submitter-claim.ts';
import type { WatchedKind } from '../../api/watched-kinds.ts';
import type { WriteEffect } from '../../controllers/effect.ts';
import type { Controller } from '../../controllers/controller.ts';
import { CONTROLLERS } from '../../controllers/table.ts';
import { ControllerEventMemory } from './event-memory.ts';
import { makeGroupReconciler, makeLoosePodReconciler, makeMissingGroupReconciler } from './reconcilers.ts';
import { KindStores } from './kind-stores.ts';
import { TableRunner } from './table-runner.ts';
import { QueueReconciler } from './queue-reconciler.ts';
import { ControllerState } from './control-state.ts';
import type { EventRecorder } from '../events/event-recorder-port.ts';
import type { Change, ClusterWriter, Clock, KeyMaker, Logger, Metrics, PodProber, Randomness } from '../ports.ts';
import { PodAnswers } from './pod-answers.ts';
import { Runner } from './runner.ts';
import type { GrowingGroups } from '../growing-groups.ts';

/** What the controllers need of the world. */
export interface ControllerPorts {
  readonly writer: ClusterWriter;
  readonly recorder: EventRecorder;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly keys: KeyMaker;
  readonly prober: PodProber;
  readonly submitterKeys: SubmitterKeys;
  readonly growing: GrowingGroups;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** The namespace that Sluice runs in. */
  readonly ownNamespace: string;
}

/** The controllers as one part: fed by reflectors all the time, at work only between `start` and `stop`. */
export interface Controllers {
  /** What has to be watched for them. */
  readonly kinds: readonly WatchedKind<unknown>[];
  /** Takes what the watch of one of the kinds shows. */
  apply(type: ResourceType, changes: readonly Change<unknown>[]): void;
  /** Takes what the watch of a workload kind shows; an empty list ends the kind. */
  readonly applyRoots: (type: ResourceType, changes: readonly Change<RootRecord>[]) => void;
  /** What administrators say from now on. */
  readonly configure: (settings: ControllerSettings) => void;
  /** Other keys of submitters count from now on. */
  judgeAgain(): void;
  /** Every kind was listed once; nothing is decided before. */
  readonly synced: boolean;
  /** This process leads: work, as soon as everything is listed. */
  start(): void;
  /** This process leads no more; resolves when no write is under way. */
  stop(): Promise<void>;
}

/** Puts the controllers of groups, pods and queues, and those of the table, together over one set of stores. */
export function createControllers(ports: ControllerPorts, table: readonly Controller[] = CONTROLLERS): Controllers {
  return new ControllerLoop(ports, table);
}

class ControllerLoop implements Controllers {
  readonly #stores = new KindStores();
  readonly #state: ControllerState;
  readonly #podGroups: Runner;
  readonly #loosePods: Runner;
  readonly #missingGroups: Runner;
  readonly #queues: Runner;
  readonly #queueReconciler: QueueReconciler;
  readonly #rows: readonly TableRunner[];
  #isLeading = false;
  #isWorking = false;

  constructor(ports: ControllerPorts, table: readonly Controller[]) {
    const memory = new ControllerEventMemory(ports.recorder);
    this.#queueReconciler = new QueueReconciler(() => this.#state, ports.clock, ports.metrics);
    const { clock, submitterKeys, growing } = ports;
    this.#state = new ControllerState(this.#stores, growing, {
      podGroup: (key) => this.#podGroups.add(key),
      missingGroup: (key, delayMs) => this.#missingGroups.addAfter(key, delayMs),
      loosePod: (key) => this.#loosePods.add(key),
      queue: (name) => this.#queues.add(name),
      gone: (uid) => {
        memory.forget(uid);
        this.#queueReconciler.forget(uid);
      },
    });
    const view = { state: this.#state, memory, clock, submitterKeys, growing };
    const isSeen = (write: WriteEffect): boolean => this.#stores.shows(write);
    const answers = new PodAnswers(ports.prober, ports.clock);
    const runnerPorts = { ...ports, recorder: memory, answers, isSeen };
    this.#podGroups = new Runner(makeGroupReconciler(view), runnerPorts);
    this.#loosePods = new Runner(makeLoosePodReconciler(view), runnerPorts);
    this.#missingGroups = new Runner(makeMissingGroupReconciler(view), runnerPorts);
    this.#queues = new Runner(this.#queueReconciler, runnerPorts);
    this.#rows = table.map((row) => new TableRunner(row, this.#stores, memory, answers, runnerPorts));
  }

  get kinds(): readonly WatchedKind<unknown>[] {
    return this.#stores.kinds;
  }

  get synced(): boolean {
    return this.#stores.synced;
  }

  apply(type: ResourceType, changes: readonly Change<unknown>[]): void {
    this.#stores.apply(type, changes);
    this.#workWhenReady();
  }

  readonly applyRoots = (type: ResourceType, changes: readonly Change<RootRecord>[]): void =>
    this.#state.roots.apply(type, changes);

  readonly configure = (settings: ControllerSettings): void => {
    for (const row of this.#rows) row.configure(settings);
  };

  judgeAgain(): void {
    if (this.#isWorking) this.#state.wakeAll();
  }

  start(): void {
    this.#isLeading = true;
    this.#workWhenReady();
  }

  async stop(): Promise<void> {
    this.#isLeading = false;
    this.#isWorking = false;
    await Promise.all(this.#runners().map((runner) => runner.stop()));
    if (!this.#isLeading) this.#queueReconciler.reset();
  }

  /** Deciding on half a list would make groups that exist and report pods whose Job is merely not listed yet. */
  #workWhenReady(): void {
    if (this.#isWorking || !this.#isLeading || !this.#stores.synced) return;
    this.#isWorking = true;
    for (const runner of this.#runners()) runner.start();
    this.#state.wakeAll();
    for (const row of this.#rows) row.wakeAll();
  }

  #runners(): readonly Runner[] {
    const rows = this.#rows.map(({ runner }) => runner);
    return [this.#podGroups, this.#loosePods, this.#missingGroups, this.#queues, ...rows];
  }
}

import type { JobRecord } from '../../api/records/job-record.ts';
import type { NamespaceRecord } from '../../api/records/namespace-record.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import { ControllerEventMemory } from './event-memory.ts';
import { makeGroupReconciler, makeLoosePodReconciler, makeMissingGroupReconciler } from './reconcilers.ts';
import { QueueReconciler } from './queue-reconciler.ts';
import { ControllerState } from './control-state.ts';
import type { EventRecorder } from '../events/event-recorder-port.ts';
import type { ChangeHandler, ClusterWriter, Clock, Logger, Metrics, Randomness } from '../ports.ts';
import { Runner } from './runner.ts';

/** What the controllers need of the world. */
export interface ControllerPorts {
  readonly writer: ClusterWriter;
  readonly recorder: EventRecorder;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** The controllers as one part: fed by reflectors all the time, at work only between `start` and `stop`. */
export interface Controllers {
  readonly onJobs: ChangeHandler<JobRecord>;
  readonly onPods: ChangeHandler<PodRecord>;
  readonly onPodGroups: ChangeHandler<PodGroupRecord>;
  readonly onQueues: ChangeHandler<QueueRecord>;
  readonly onNamespaces: ChangeHandler<NamespaceRecord>;
  /** Every kind was listed once; nothing is decided before. */
  readonly synced: boolean;
  /** This process leads: work, as soon as everything is listed. */
  start(): void;
  /** This process leads no more; resolves when no write is under way. */
  stop(): Promise<void>;
}

/** Puts the pod-group, repair and queue controllers together over one state. */
export function createControllers(ports: ControllerPorts): Controllers {
  return new ControllerLoop(ports);
}

class ControllerLoop implements Controllers {
  readonly #state: ControllerState;
  readonly #podGroups: Runner;
  readonly #loosePods: Runner;
  readonly #missingGroups: Runner;
  readonly #queues: Runner;
  readonly #queueReconciler: QueueReconciler;
  #isLeading = false;
  #isWorking = false;

  constructor(ports: ControllerPorts) {
    const memory = new ControllerEventMemory(ports.recorder);
    this.#queueReconciler = new QueueReconciler(() => this.#state, ports.clock, ports.metrics);
    this.#state = new ControllerState({
      podGroup: (key) => this.#podGroups.add(key),
      missingGroup: (key, delayMs) => this.#missingGroups.addAfter(key, delayMs),
      loosePod: (key) => this.#loosePods.add(key),
      queue: (name) => this.#queues.add(name),
      gone: (uid) => {
        memory.forget(uid);
        this.#queueReconciler.forget(uid);
      },
    });
    const view = { state: this.#state, memory, clock: ports.clock };
    const runnerPorts = { ...ports, recorder: memory };
    this.#podGroups = new Runner(makeGroupReconciler(view), runnerPorts);
    this.#loosePods = new Runner(makeLoosePodReconciler(view), runnerPorts);
    this.#missingGroups = new Runner(makeMissingGroupReconciler(view), runnerPorts);
    this.#queues = new Runner(this.#queueReconciler, runnerPorts);
  }

  readonly onJobs: ChangeHandler<JobRecord> = (changes) => {
    this.#state.jobs.apply(changes);
    this.#workWhenReady();
  };

  readonly onPods: ChangeHandler<PodRecord> = (changes) => {
    this.#state.pods.apply(changes);
    this.#workWhenReady();
  };

  readonly onPodGroups: ChangeHandler<PodGroupRecord> = (changes) => {
    this.#state.groups.apply(changes);
    this.#workWhenReady();
  };

  readonly onQueues: ChangeHandler<QueueRecord> = (changes) => {
    this.#state.queues.apply(changes);
    this.#workWhenReady();
  };

  readonly onNamespaces: ChangeHandler<NamespaceRecord> = (changes) => {
    this.#state.namespaces.apply(changes);
    this.#workWhenReady();
  };

  get synced(): boolean {
    return this.#state.synced;
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
    if (this.#isWorking || !this.#isLeading || !this.#state.synced) return;
    this.#isWorking = true;
    for (const runner of this.#runners()) runner.start();
    this.#state.wakeAll();
  }

  #runners(): readonly Runner[] {
    return [this.#podGroups, this.#loosePods, this.#missingGroups, this.#queues];
  }
}

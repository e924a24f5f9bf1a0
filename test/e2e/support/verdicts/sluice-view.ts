import { createReflector } from '../../../../src/adapters/kube/read/reflector.ts';
import type { KubeReflector } from '../../../../src/adapters/kube/read/reflector.ts';
import type { PodRecord } from '../../../../src/api/records/pod-record.ts';
import {
  WATCHED_CSI_DRIVERS,
  WATCHED_CSI_NODES,
  WATCHED_DEVICE_CLASSES,
  WATCHED_DEVICE_TAINT_RULES,
  WATCHED_NAMESPACES,
  WATCHED_RESOURCE_CLAIMS,
  WATCHED_RESOURCE_SLICES,
  WATCHED_STORAGE_CAPACITIES,
  WATCHED_STORAGE_CLASSES,
  WATCHED_VOLUME_CLAIMS,
  WATCHED_VOLUMES,
  watchedNodes,
  watchedPods,
} from '../../../../src/api/watched-kinds.ts';
import type { WatchedKind } from '../../../../src/api/watched-kinds.ts';
import { DEFAULT_POLICY } from '../../../../src/config/policy.ts';
import { DeviceFeed } from '../../../../src/engine/cycle/feeds/device-feed.ts';
import { StorageFeed } from '../../../../src/engine/cycle/feeds/storage-feed.ts';
import { Mirror } from '../../../../src/engine/mirror.ts';
import type { Step } from '../../../../src/engine/mirror.ts';
import type { ChangeHandler } from '../../../../src/engine/ports.ts';
import { Snapshot } from '../../../../src/scheduler/ledger/snapshot.ts';
import type { Task } from '../../../../src/scheduler/model/task.ts';
import { Scheduler } from '../../../../src/scheduler/scheduler.ts';
import { makePodGroup, makeQueue } from '../../../support/records.ts';
import type { AdapterBench } from '../adapters.ts';

/**
 * What Sluice makes of the same API server: read by its own reflectors, in protobuf, into one snapshot that lives as long as all worlds
 * that come and go.
 */
export class SluiceView {
  readonly snapshot = new Snapshot();
  readonly scheduler: Scheduler;
  readonly #bench: AdapterBench;
  readonly #reflectors: readonly KubeReflector[];

  constructor(bench: AdapterBench) {
    this.#bench = bench;
    this.scheduler = new Scheduler(this.snapshot, DEFAULT_POLICY);
    for (const name of ['root', 'default']) this.snapshot.upsertQueue(makeQueue(name));
    const { snapshot } = this;
    this.#reflectors = [
      this.#follow(WATCHED_NAMESPACES, (next, old) => {
        if (next !== undefined) snapshot.upsertNamespace(next);
        else if (old !== undefined) snapshot.removeNamespace(old.name);
      }),
      this.#follow(watchedNodes(), (next, old) => {
        if (next !== undefined) snapshot.upsertNode(next);
        else if (old !== undefined) snapshot.removeNode(old.name);
      }),
      this.#follow(watchedPods(), (next, old) => this.#seePod(next, old)),
      ...this.#followStorage(),
      ...this.#followDevices(),
    ];
  }

  /** Everything that the API server has taken by now is in the snapshot. */
  async catchUp(): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.catchUp()));
    this.snapshot.settle();
    this.scheduler.framework.open(0);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.stop()));
  }

  /** Names of the nodes that may take the pod, it alone. */
  nodesFor(uid: string): ReadonlySet<string> {
    const picker = this.scheduler.framework.picker(this.task(uid));
    const { nodes } = this.snapshot;
    const taken = new Set<string>();
    for (let place = 0; place < nodes.count; place += 1) {
      const node = picker.bestBetween(place, place + 1);
      if (node >= 0 && picker.allows(node)) taken.add(nodes.records[node]?.name ?? '');
    }
    const best = nodes.records[picker.best()]?.name;
    if (best === undefined ? taken.size > 0 : !taken.has(best)) throw new Error(`${uid}: the best of them is ${best}`);
    return taken;
  }

  /** Why the others do not. */
  explain(uid: string): string {
    return this.scheduler.framework.explain(this.task(uid)).message;
  }

  task(uid: string): Task {
    const task = this.snapshot.tasks.get(uid);
    if (task === undefined) throw new Error(`No task of pod ${uid}`);
    return task;
  }

  #seePod(next: PodRecord | undefined, old: PodRecord | undefined): void {
    if (old !== undefined && old.uid !== next?.uid) {
      this.snapshot.removeTask(old.uid);
      this.snapshot.removeJob(old.key);
    }
    if (next === undefined) return;
    const { key, name, namespace, nodeName } = next;
    if (nodeName === '') this.snapshot.upsertJob(makePodGroup(name, 1, { key, namespace, phase: 'Inqueue' }));
    this.snapshot.upsertTask(next);
  }

  #followStorage(): readonly KubeReflector[] {
    const feed = new StorageFeed({ facts: this.snapshot.volumes.facts, seen() {}, onChange() {} });
    return [
      this.#watch(WATCHED_VOLUME_CLAIMS, feed.onVolumeClaims),
      this.#watch(WATCHED_VOLUMES, feed.onVolumes),
      this.#watch(WATCHED_STORAGE_CLASSES, feed.onStorageClasses),
      this.#watch(WATCHED_CSI_NODES, feed.onCsiNodes),
      this.#watch(WATCHED_CSI_DRIVERS, feed.onCsiDrivers),
      this.#watch(WATCHED_STORAGE_CAPACITIES, feed.onStorageCapacities),
    ];
  }

  #followDevices(): readonly KubeReflector[] {
    const feed = new DeviceFeed({ facts: this.snapshot.claims.facts, seen() {}, onClaim() {}, onSlice() {} });
    return [
      this.#watch(WATCHED_RESOURCE_SLICES, feed.onSlices),
      this.#watch(WATCHED_DEVICE_CLASSES, feed.onClasses),
      this.#watch(WATCHED_RESOURCE_CLAIMS, feed.onClaims),
      this.#watch(WATCHED_DEVICE_TAINT_RULES, feed.onTaintRules),
    ];
  }

  #follow<T>(kind: WatchedKind<T>, step: Step<T>): KubeReflector {
    const mirror = new Mirror<T>(kind.keyOf);
    return this.#watch(kind, (changes) => mirror.apply(changes, step));
  }

  #watch<T>(kind: WatchedKind<T>, handler: ChangeHandler<T>): KubeReflector {
    const { http, clock, randomness, metrics, log } = this.#bench;
    const reflector = createReflector<T>({
      http,
      clock,
      randomness,
      metrics,
      log,
      ...kind,
      handler,
      onFatal: (error) => {
        throw error;
      },
    });
    reflector.start();
    return reflector;
  }
}

import { countedClass } from '../../api/devices/counted-class.ts';
import type { ExtendedResources } from '../../api/devices/extended-resources.ts';
import type { AllocatedDevice, DeviceClaimRecord, DeviceRecord } from '../../api/records/device-records.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';
import type { BindDecision } from '../../scheduler/session/decision.ts';
import { claimedPart } from '../../api/accelerators/claimed-part.ts';
import { deviceUnit } from '../../api/accelerators/unit-class.ts';
import { ClaimUsers } from './claims/claim-users.ts';
import type { DeviceWorth } from './claims/claim-users.ts';
import { UnitAmounts } from './unit-amounts.ts';
import { addAll, addTo } from './amounts-by-name.ts';
import { QueueBranches } from './queue-branches.ts';

export interface QueueLimitsView {
  pod(uid: string): PodRecord | undefined;
  group(key: string): PodGroupRecord | undefined;
  queue(name: string): QueueRecord | undefined;
  readonly classes: {
    /** Those whose devices pods may ask for by this name. */
    classesNaming(resource: string): readonly string[];
    /** By which of them each such name is served. */
    readonly extendedResources: ExtendedResources;
  };
}

type DeviceOf = (device: AllocatedDevice) => DeviceRecord | undefined;

/** What queues hold, with those below them, beside their capability: amounts of pods, and devices that pods have by claims, of classes and in the units of all vendors. */
export class QueueLimits {
  readonly #view: QueueLimitsView;
  readonly #groupUse = new Map<string, Map<string, number>>();
  readonly #queueUse = new Map<string, Map<string, number>>();
  readonly #queueOfGroup = new Map<string, string>();
  readonly #branches: QueueBranches;
  readonly #claims = new ClaimUsers();
  readonly #units = new UnitAmounts();
  readonly #deviceOf: DeviceOf;
  /** As drivers told of devices when somebody asked first. */
  readonly #records = new WeakMap<AllocatedDevice, DeviceRecord>();

  constructor(view: QueueLimitsView, deviceOf: DeviceOf) {
    this.#view = view;
    this.#deviceOf = deviceOf;
    this.#branches = new QueueBranches((name) => view.queue(name));
  }

  /** Follows the watch: which queue a group counts for. One that is deleted before its pods counts until they are gone. */
  observeGroup(next: PodGroupRecord | undefined, key: string): void {
    if (next === undefined && this.#groupUse.has(key)) return;
    const old = this.#queueOfGroup.get(key);
    if (old === next?.queue) return;
    const use = this.#groupUse.get(key) ?? new Map<string, number>();
    if (old !== undefined) addTo(this.#queueUse, old, use, -1);
    if (next === undefined) {
      this.#queueOfGroup.delete(key);
      return;
    }
    this.#queueOfGroup.set(key, next.queue);
    addTo(this.#queueUse, next.queue, use, 1);
  }

  /** Follows the watch: which devices a claim has. */
  observeClaim(next: DeviceClaimRecord | undefined, key: string): void {
    this.#claims.observe(next, key);
  }

  /**
   * The pod holds a node for the group, or is to; without one nobody limits what it has. Gives what it counts, which is to be told when it
   * ends: kept here by pod, it would cost more than all else.
   */
  add(uid: string, pod: PodRecord, group: string): ResourceAmounts {
    const amounts = this.#units.of(pod.shape);
    if (group === '') return amounts;
    this.#claims.add(uid, pod, group);
    this.#move(group, amounts, 1);
    return amounts;
  }

  /** What its claims are to have. */
  promise(bind: BindDecision): void {
    this.#claims.promise(bind);
  }

  /** It holds its node no more, or other amounts of it. */
  remove(uid: string, group: string, amounts: ResourceAmounts): void {
    if (group === '') return;
    this.#claims.remove(uid);
    this.#move(group, amounts, -1);
  }

  /** The first limit that the binds would break. O(queues that hold something), where a limit is of devices O(pods with claims) as well. */
  problem({ queue }: PodGroupRecord, binds: readonly BindDecision[]): string | undefined {
    const more = new Map<string, number>();
    for (const { uid } of binds) {
      const shape = this.#view.pod(uid)?.shape;
      if (shape !== undefined) addAll(more, this.#units.of(shape));
    }
    for (const level of this.#branches.upFrom(queue)) {
      for (const [resource, limit] of this.#view.queue(level)?.capability ?? []) {
        const classes = this.#classesOf(resource);
        const names = classes.size === 0 ? [resource] : this.#namesOf(resource, classes);
        const worth = this.#worth(resource, classes);
        const claims = worth === undefined ? NO_CLAIMS : this.#claimed(level, worth, binds);
        const asked = names.reduce((sum, name) => sum + (more.get(name) ?? 0), claims.more);
        if (asked === 0) continue;
        const used = names.reduce((sum, name) => sum + this.#usedWithin(level, name), claims.held) + asked;
        if (used > limit) return `queue ${level} would hold ${used} of ${limit} ${resource}`;
      }
    }
    return undefined;
  }

  #classesOf(resource: string): ReadonlySet<string> {
    const own = countedClass(resource);
    const classes = own === undefined ? this.#view.classes.classesNaming(resource) : [own];
    return classes.length === 0 ? NO_CLASSES : new Set(classes);
  }

  /** The name, and those by which pods ask for devices that one of the classes serves. */
  #namesOf(resource: string, classes: ReadonlySet<string>): readonly string[] {
    const names = [...this.#view.classes.extendedResources].flatMap(([name, serving]) =>
      classes.has(serving) ? [name] : [],
    );
    return [...new Set([resource, ...names])];
  }

  /** How much a device of a claim counts under the name: 1 of one of its classes, or what it comes to in its unit. Where no slice tells of it that is not known, and nothing. */
  #worth(resource: string, classes: ReadonlySet<string>): DeviceWorth | undefined {
    const unit = deviceUnit(resource);
    if (unit === undefined) return classes.size === 0 ? undefined : (className) => Number(classes.has(className));
    return (className, device) => {
      const record = this.#records.get(device) ?? this.#deviceOf(device);
      if (record === undefined) return 0;
      this.#records.set(device, record);
      return claimedPart(className, unit, { device, record });
    };
  }

  /** Devices of claims: what the queue, with those below it, has by claims, and what it gets by claims that it has not used so far. */
  #claimed(level: string, worth: DeviceWorth, binds: readonly BindDecision[]): typeof NO_CLAIMS {
    const used = this.#claims.of((group) => this.#branches.isWithin(this.#queueOfGroup.get(group) ?? '', level));
    const asked = new Set(binds.flatMap(({ uid }) => this.#view.pod(uid)?.deviceClaims.map(({ key }) => key) ?? []));
    return {
      held: this.#claims.sum(used, worth, binds),
      more: this.#claims.sum(asked.difference(used), worth, binds),
    };
  }

  /** By the queue and those below it. O(queues that hold something). */
  #usedWithin(above: string, resource: string): number {
    let used = 0;
    for (const [name, use] of this.#queueUse) {
      if (this.#branches.isWithin(name, above)) used += use.get(resource) ?? 0;
    }
    return used;
  }

  #move(group: string, amounts: ResourceAmounts, sign: 1 | -1): void {
    addTo(this.#groupUse, group, amounts, sign);
    const queue = this.#queueOfGroup.get(group);
    if (queue !== undefined) addTo(this.#queueUse, queue, amounts, sign);
    if (!this.#groupUse.has(group) && this.#view.group(group) === undefined) this.#queueOfGroup.delete(group);
  }
}

const NO_CLASSES: ReadonlySet<string> = new Set();
const NO_CLAIMS = { held: 0, more: 0 };

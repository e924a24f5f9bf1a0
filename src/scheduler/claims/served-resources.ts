import type { DeviceRecord, PodDeviceClaim } from '../../api/records/device-records.ts';
import type { ExtendedAsk } from '../../api/records/extended-ask.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';
import { specialClaimKey } from '../../api/devices/special-claim.ts';
import { ClassMembers } from './class-members.ts';
import { consumption } from './device-capacity.ts';
import type { DeviceFacts } from './device-facts.ts';
import { isRepelled } from './device-taints.ts';
import type { NodeDeviceTable } from './node-devices.ts';

type Claimer = Pick<PodRecord, 'namespace' | 'uid' | 'deviceClaims' | 'extendedAsks'>;

/** Names that are kept although no class serves them. */
const MOST_NAMES = 1000;

/** Claims that share a device which nothing limits. */
const MANY = 1000;

/**
 * Resources that pods ask of nodes and classes of devices serve: on a node that does not publish such a one its devices count in its place,
 * and the pod gets a claim for them. While pods ask for none, or classes serve none, all of this is one comparison for each pod.
 */
export class ServedResources {
  readonly #facts: DeviceFacts;
  readonly #devices: NodeDeviceTable;
  readonly #members = new ClassMembers();
  readonly #seen = new WeakSet<readonly ExtendedAsk[]>();
  /** By resource that some pod asked for: the class that serves it. */
  #classes = new Map<string, string>();
  readonly #asked = new Set<string>();
  #readAt: unknown;
  #claims = new WeakMap<Claimer, readonly PodDeviceClaim[]>();
  /** Grows with every name that nobody asked for before. */
  asks = 0;

  constructor(facts: DeviceFacts, devices: NodeDeviceTable) {
    this.#facts = facts;
    this.#devices = devices;
  }

  /** Some pod asks for what some class serves. */
  get isUsed(): boolean {
    return this.#current.size > 0;
  }

  /** A pod has containers that ask for these. */
  note(asks: readonly ExtendedAsk[]): void {
    if (asks.length === 0 || this.#seen.has(asks)) return;
    this.#seen.add(asks);
    const before = this.#asked.size;
    for (const { resource } of asks) this.#asked.add(resource);
    if (this.#asked.size > before) this.asks += 1;
    // Anybody may write a name of his own.
    if (this.#asked.size <= MOST_NAMES) return;
    for (const name of this.#asked) if (!this.#current.has(name)) this.#asked.delete(name);
  }

  /** The pod's claims, with the one that stands for what classes serve of what it asks of nodes. */
  claimsOf(record: Claimer): readonly PodDeviceClaim[] {
    const { deviceClaims, extendedAsks } = record;
    if (extendedAsks.length === 0 || !this.isUsed) return deviceClaims;
    const known = this.#claims.get(record);
    if (known !== undefined) return known;
    const asks = extendedAsks.filter(({ resource }) => this.#current.has(resource));
    const key = specialClaimKey(record.namespace, record.uid);
    const special: PodDeviceClaim = { key, podUid: record.uid, isMade: true, asks };
    const claims = asks.length === 0 ? deviceClaims : [...deviceClaims, special];
    this.#claims.set(record, claims);
    return claims;
  }

  /**
   * How many devices the node reaches for each of the resources; while one of its pools is being updated no fewer than were
   * `known`. O(devices x resources).
   */
  amountsAt(node: number, known: ResourceAmounts): ResourceAmounts {
    const amounts = new Map<string, number>();
    const { candidates, problem } = this.#devices.of(node);
    for (const [resource, className] of this.#current) {
      const deviceClass = this.#facts.classes.get(className);
      if (deviceClass === undefined) continue;
      let sum = 0;
      for (const { device } of candidates) if (this.#members.has(device, deviceClass)) sum += this.#timesOf(device);
      if (problem !== undefined) sum = Math.max(sum, known.get(resource) ?? 0);
      if (sum > 0) amounts.set(resource, sum);
    }
    return amounts;
  }

  get #current(): ReadonlyMap<string, string> {
    const { extendedResources } = this.#facts;
    const at = this.#readAt as { readonly served: unknown; readonly asks: number } | undefined;
    if (at?.served === extendedResources && at.asks === this.asks) return this.#classes;
    this.#readAt = { served: extendedResources, asks: this.asks };
    this.#claims = new WeakMap();
    this.#classes = new Map();
    for (const resource of this.#asked) {
      const className = extendedResources.get(resource);
      if (className !== undefined) this.#classes.set(resource, className);
    }
    return this.#classes;
  }

  /** How many requests of such claims could have the device together. */
  #timesOf(device: DeviceRecord): number {
    if (isRepelled(this.#facts.taintsOf(device), [])) return 0;
    if (!device.allowsMultiple) return 1;
    const taken = consumption(device, NOTHING);
    if (taken === undefined) return 0;
    let times = MANY;
    for (const [name, amount] of taken) {
      const value = device.capacity.get(name)?.value ?? 0n;
      if (amount > 0n) times = Math.min(times, Number(value / amount));
    }
    return times;
  }
}

const NOTHING: ReadonlyMap<string, bigint> = new Map();

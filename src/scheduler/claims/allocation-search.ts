import type {
  DeviceAmounts,
  DeviceAsk,
  DeviceClaimRecord,
  DeviceClassRecord,
  DeviceRecord,
  DeviceRequestRecord,
  DeviceSelector,
  DeviceTaint,
} from '../../api/records/device-records.ts';
import { AttributeConstraint } from './attribute-constraint.ts';
import { CounterSums } from './counter-sums.ts';
import { consumption, hasLeft } from './device-capacity.ts';
import { isRepelled } from './device-taints.ts';
import type { DeviceUsage } from './device-uses.ts';
import type { Candidate, NodeDevices } from './node-devices.ts';

/** What a choice is made from. */
export interface DeviceWorld {
  readonly devices: NodeDevices;
  readonly uses: DeviceUsage;
  classOf(name: string): DeviceClassRecord | undefined;
  taintsOf(device: DeviceRecord): readonly DeviceTaint[];
}

/** One device that the search has chosen. */
export interface DevicePick {
  readonly request: DeviceRequestRecord;
  readonly ask: DeviceAsk;
  readonly candidate: Candidate;
  /** Of a device that allows several. */
  readonly consumed: DeviceAmounts;
  /** Its counters were charged for this pick. */
  readonly isCounted: boolean;
}

/** Where the search stands. */
interface Slot {
  readonly claim: number;
  readonly at: number;
  readonly request: DeviceRequestRecord;
  readonly ask: DeviceAsk;
}

/** Devices that may be tried for the claims of one pod on one node before it counts as full for them. */
const MOST_STEPS = 20_000;
/** Devices that one claim can have, as the API says. */
const MOST_DEVICES = 32;

/**
 * The first choice of devices for all claims together, in kube-scheduler's order: claim by claim, request by request, the first
 * alternative and the first device that will do; what cannot be finished is taken back. Exponential at worst, and bounded.
 */
export class AllocationSearch {
  /** Of each claim, in the order of its requests. */
  readonly picks: DevicePick[][];
  /** Why the search ended early: a mistake of the claim or its class, in words. */
  failure: string | undefined;
  #steps = 0;
  readonly #claims: readonly DeviceClaimRecord[];
  readonly #world: DeviceWorld;
  readonly #constraints: readonly (readonly AttributeConstraint[])[];
  /** Claims of the pod that chose the device for themselves. */
  readonly #owners = new Map<DeviceRecord, number[]>();
  /** What claims of the pod take of devices that allow several. */
  readonly #shares = new Map<DeviceRecord, DeviceAmounts[]>();
  readonly #counters = new CounterSums();

  constructor(claims: readonly DeviceClaimRecord[], world: DeviceWorld) {
    this.#claims = claims;
    this.#world = world;
    this.picks = claims.map(() => []);
    this.#constraints = claims.map(({ constraints }) => constraints.map((one) => new AttributeConstraint(one)));
  }

  /** It tried so much that it stopped without having an answer. */
  get hasGivenUp(): boolean {
    return this.#steps > MOST_STEPS;
  }

  /** Fills `picks`; false when there is no choice, or none was found. */
  run(): boolean {
    return this.#nextRequest(0, 0);
  }

  get #isOver(): boolean {
    return this.failure !== undefined || this.hasGivenUp;
  }

  #nextRequest(claim: number, at: number): boolean {
    const requests = this.#claims[claim]?.requests;
    if (requests === undefined) return true;
    const request = requests[at];
    if (request === undefined) return this.#nextRequest(claim + 1, 0);
    for (const ask of request.asks) {
      if (this.#serve({ claim, at, request, ask })) return true;
      if (this.#isOver) return false;
    }
    return false;
  }

  #serve(slot: Slot): boolean {
    const { ask } = slot;
    const all = ask.mode === 'All' ? this.#allFor(slot) : undefined;
    if (this.#isOver || all?.length === 0) return false;
    const count = all?.length ?? ask.count;
    if ((this.picks[slot.claim]?.length ?? 0) + count > MOST_DEVICES) return false;
    return all === undefined ? this.#some(slot, this.#candidatesFor(slot), count, 0) : this.#every(slot, all, 0);
  }

  /** So many more of the candidates from that place on: sets, not orders of them. */
  #some(slot: Slot, candidates: readonly Candidate[], missing: number, from: number): boolean {
    if (missing === 0) return this.#nextRequest(slot.claim, slot.at + 1);
    for (let i = from; i <= candidates.length - missing; i += 1) {
      if (this.#take(slot, candidates[i] as Candidate)) {
        if (this.#some(slot, candidates, missing - 1, i + 1)) return true;
        this.#release(slot);
      }
      if (this.#isOver) return false;
    }
    return false;
  }

  /**
   * Those that could be taken for it, which the choice of others does not change for the better: where several are asked for and too few are
   * left, no set of fewer is tried. All of them where a selector fails, which is told only if the search comes to it.
   */
  #candidatesFor(slot: Slot): readonly Candidate[] {
    const { candidates } = this.#world.devices;
    const { ask, claim } = slot;
    if (ask.count <= 1) return candidates;
    const open = candidates.filter((candidate) => {
      const { device } = candidate;
      if (this.#isTaken(candidate, ask, claim) || !this.#isSelected(slot, device)) return false;
      return !isRepelled(this.#world.taintsOf(device), ask.tolerations);
    });
    if (this.failure === undefined) return open;
    this.failure = undefined;
    return candidates;
  }

  #every(slot: Slot, all: readonly Candidate[], from: number): boolean {
    const candidate = all[from];
    if (candidate === undefined) return this.#nextRequest(slot.claim, slot.at + 1);
    if (!this.#take(slot, candidate)) return false;
    if (this.#every(slot, all, from + 1)) return true;
    this.#release(slot);
    return false;
  }

  /** All devices of the node that are asked for, in use or not. */
  #allFor(slot: Slot): readonly Candidate[] {
    const { candidates, problem } = this.#world.devices;
    if (problem !== undefined) {
      this.failure = `request ${slot.request.name} asks for all devices, and ${problem}`;
      return [];
    }
    return candidates.filter((candidate) => {
      return this.#isSelected(slot, candidate.device) && consumption(candidate.device, slot.ask.capacity) !== undefined;
    });
  }

  /** What is cheap comes first. */
  #take(slot: Slot, candidate: Candidate): boolean {
    this.#steps += 1;
    const { device } = candidate;
    const { ask, claim } = slot;
    if (this.#isTaken(candidate, ask, claim) || !this.#isSelected(slot, device)) return false;
    const consumed = consumption(device, ask.capacity);
    if (consumed === undefined || !this.#hasLeft(candidate, consumed)) return false;
    if (isRepelled(this.#world.taintsOf(device), ask.tolerations)) return false;
    const isCounted = device.consumes.length > 0 && !this.#isShared(candidate);
    if (isCounted && !this.#counters.take(candidate, this.#world.uses)) return false;
    if (!this.#joins(slot, device)) {
      if (isCounted) this.#counters.giveBack(candidate);
      return false;
    }
    const { request } = slot;
    this.picks[claim]?.push({ request, ask, candidate, consumed, isCounted });
    if (device.allowsMultiple) listOf(this.#shares, device).push(consumed);
    else listOf(this.#owners, device).push(claim);
    return true;
  }

  /** Undoes the last `take` for the claim. */
  #release(slot: Slot): void {
    const pick = this.picks[slot.claim]?.pop();
    if (pick === undefined) return;
    const { candidate, isCounted } = pick;
    const { device } = candidate;
    if (device.allowsMultiple) listOf(this.#shares, device).pop();
    else listOf(this.#owners, device).pop();
    if (isCounted) this.#counters.giveBack(candidate);
    for (const constraint of this.#concerned(slot)) constraint.removeLast();
  }

  /** Who has admin access minds only what its own claim has. */
  #isTaken({ device, pool }: Candidate, { adminAccess }: DeviceAsk, claim: number): boolean {
    const owners = this.#owners.get(device);
    if (adminAccess) return owners?.includes(claim) === true;
    if (owners !== undefined && owners.length > 0) return true;
    const use = this.#world.uses.of(pool, device.name);
    return use !== undefined && (use.owners > 0 || !device.allowsMultiple);
  }

  #hasLeft({ device, pool }: Candidate, consumed: DeviceAmounts): boolean {
    if (!device.allowsMultiple || consumed.size === 0) return true;
    const use = this.#world.uses.of(pool, device.name);
    const own = this.#shares.get(device) ?? [];
    return hasLeft(device, consumed, use === undefined ? own : [...own, use.consumed]);
  }

  /** A further share takes nothing more of the counters. */
  #isShared({ device, pool }: Candidate): boolean {
    if (!device.allowsMultiple) return false;
    if ((this.#shares.get(device)?.length ?? 0) > 0) return true;
    return (this.#world.uses.of(pool, device.name)?.shares ?? 0) > 0;
  }

  #joins(slot: Slot, device: DeviceRecord): boolean {
    const joined: AttributeConstraint[] = [];
    for (const constraint of this.#concerned(slot)) {
      if (!constraint.add(device)) {
        for (const one of joined) one.removeLast();
        return false;
      }
      joined.push(constraint);
    }
    return true;
  }

  #concerned({ claim, request, ask }: Slot): readonly AttributeConstraint[] {
    const constraints = this.#constraints[claim] ?? [];
    if (constraints.length === 0) return constraints;
    const full = fullName(request, ask);
    return constraints.filter((constraint) => constraint.concerns(request.name, full));
  }

  /** The class has to select it, and the request. A selector that fails ends the search. */
  #isSelected({ claim, request, ask }: Slot, device: DeviceRecord): boolean {
    const ofClass = this.#world.classOf(ask.className)?.selectors ?? [];
    const trouble = (what: string): string => `a selector of ${what} fails on device ${deviceName(device)}`;
    return (
      this.#satisfies(ofClass, device, () => trouble(`DeviceClass ${ask.className}`)) &&
      this.#satisfies(ask.selectors, device, () =>
        trouble(`request ${fullName(request, ask)} of claim ${this.#claims[claim]?.key ?? ''}`),
      )
    );
  }

  #satisfies(selectors: readonly DeviceSelector[], device: DeviceRecord, trouble: () => string): boolean {
    for (const selector of selectors) {
      const answer = selector.matches(device);
      if (typeof answer !== 'boolean') this.failure = `${trouble()}: ${answer.message}`;
      if (answer !== true) return false;
    }
    return true;
  }
}

/** As results and constraints name it. */
export function fullName(request: DeviceRequestRecord, ask: DeviceAsk): string {
  return ask.name === '' ? request.name : `${request.name}/${ask.name}`;
}

function deviceName({ driver, pool, name }: DeviceRecord): string {
  return `${driver}/${pool}/${name}`;
}

function listOf<K, V>(lists: Map<K, V[]>, key: K): V[] {
  let list = lists.get(key);
  if (list === undefined) lists.set(key, (list = []));
  return list;
}

import type { DeviceAsk, DeviceClaimRecord, PodDeviceClaim } from '../../api/records/device-records.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { NodeTerm } from '../../api/records/scheduling-shape.ts';
import type { ClaimLedger } from '../claims/claim-ledger.ts';
import { deviceCounts } from '../claims/device-counts.ts';
import { deviceClaimState } from '../claims/device-claim-state.ts';
import type { DeviceClaimState } from '../claims/device-claim-state.ts';
import { fittingDevices } from '../claims/fitting-devices.ts';
import { busyWords, fewWords } from '../claims/lack-words.ts';

/** What nodes say to the claims of pods. */
interface DeviceAnswer {
  /** Pods that the devices of these nodes would do for, were they free; it may be less, but never more. */
  readonly places: number;
  /** Why nodes are closed, with their number. */
  readonly reasons: readonly (readonly [reason: string, nodes: number])[];
  /** What has to happen first; empty where nothing has to. */
  readonly wait: string;
}

/** Claims of pods that nobody has made yet, as their templates say. What is not there yet may come, and is not judged. */
export class DeviceTrial {
  readonly #claims: ClaimLedger;
  /** Of claims that have devices: the nodes that reach them. */
  readonly #terms: (readonly NodeTerm[])[] = [];
  readonly #open: DeviceClaimRecord[] = [];
  /** Those of them of which each pod gets one of its own. */
  readonly #own: DeviceClaimRecord[] = [];
  #missing = '';

  constructor(record: PodRecord, claims: ClaimLedger) {
    this.#claims = claims;
    if (claims.isOn) for (const asked of claims.claimsOf(record)) this.#read(asked, record.namespace);
  }

  /**
   * Closes nodes whose devices do not satisfy the claims, in use or not. Once there is more than enough the others are not asked.
   * O(nodes x devices).
   */
  ask(count: number, nodes: number, isOpen: (node: number) => boolean, close: (node: number) => void): DeviceAnswer {
    if (this.#terms.length + this.#open.length === 0) return { places: count, reasons: [], wait: this.#missing };
    const [shut, away]: [number[], number[]] = [[], []];
    let places = 0;
    let isFree = false;
    for (let node = 0; node < nodes; node += 1) {
      if (!isOpen(node) || (isFree && places >= count)) continue;
      if (!this.#terms.every((terms) => this.#claims.devices.isAmong(terms, node))) away.push(node);
      else if (!this.#couldHave(node)) shut.push(node);
      else {
        places += this.#placesAt(node, count);
        isFree ||= this.#claims.allocateAt(this.#open, node).kind === 'chosen';
      }
    }
    for (const node of [...away, ...shut]) close(node);
    const lacks = shut.length === 0 ? '' : fewWords(this.#open, this.#claims, nodes);
    const reasons = [
      [`node(s) lack fitting devices for its claims: ${lacks}`, shut.length] as const,
      ['node(s) did not reach the devices of a ResourceClaim', away.length] as const,
    ];
    const isBusy = places > 0 && !isFree;
    const busy = isBusy ? `its claims ask for ${busyWords(this.#open, this.#claims, nodes)}` : '';
    return {
      places: Math.min(places, count),
      reasons: reasons.filter(([, closed]) => closed > 0),
      wait: this.#missing || busy,
    };
  }

  /** Devices that the claims of one pod come to, by class, as queues count them; of claims that others share none. */
  claimed(): Readonly<Record<string, number>> {
    const sums: Record<string, number> = {};
    for (const claim of this.#own) {
      for (const [name, devices] of deviceCounts(claim, undefined)) sums[name] = (sums[name] ?? 0) + devices.length;
    }
    return sums;
  }

  #read(asked: PodDeviceClaim, namespace: string): void {
    const { facts } = this.#claims;
    if (asked.asks !== undefined) {
      this.#judge(this.#claims.stateOf(asked), true);
      return;
    }
    const { key, isMade, template = '' } = asked;
    const source = isMade ? facts.claims.get(key) : facts.templates.get(`${namespace}/${template}`)?.claim;
    if (source === undefined) {
      this.#missing ||= isMade ? `ResourceClaim ${key} does not exist` : '';
      return;
    }
    const known = { classes: facts.classes, claims: { get: () => source } };
    const state = deviceClaimState(known, { key: source.key, podUid: '', isMade: true }, () => undefined);
    this.#judge(state, !isMade);
  }

  #judge(state: DeviceClaimState, isOwn: boolean): void {
    if (state.kind === 'blocked') this.#missing ||= wordsOf(state.refusal.message, !isOwn);
    if (state.kind === 'settled' && state.allocation.nodeTerms !== undefined)
      this.#terms.push(state.allocation.nodeTerms);
    if (state.kind !== 'open') return;
    this.#open.push(state.claim);
    if (isOwn) this.#own.push(state.claim);
  }

  /** What is being updated, or takes too long to find out, may do. */
  #couldHave(node: number): boolean {
    if (this.#open.length === 0 || this.#claims.devices.of(node).problem !== undefined) return true;
    const { kind } = this.#claims.allocateAt(this.#open, node, true);
    return kind === 'chosen' || kind === 'unknown';
  }

  /** By the request that has fewest devices for each pod, as far as those are of the node alone. */
  #placesAt(node: number, count: number): number {
    let places = count;
    for (const { asks, resource } of this.#own.flatMap(({ requests }) => requests)) {
      if (resource !== undefined && this.#claims.isPublished(node, resource)) continue;
      const [only, ...alternatives] = asks;
      if (only !== undefined && alternatives.length === 0) places = Math.min(places, this.#times(only, node, count));
    }
    return places;
  }

  #times(ask: DeviceAsk, node: number, most: number): number {
    if (ask.adminAccess) return most;
    const fitting = fittingDevices(this.#claims, ask, node);
    if (fitting.some(({ device, reach }) => device.allowsMultiple || reach.kind !== 'node')) return most;
    return ask.mode === 'All' ? 1 : Math.floor(fitting.length / ask.count);
  }
}

function wordsOf(message: string, isMade: boolean): string {
  const words = message.replace(/\.$/, '');
  return isMade ? words : words.replace('ResourceClaim ', 'ResourceClaimTemplate ');
}

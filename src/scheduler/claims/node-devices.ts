import type { DeviceReach, DeviceRecord } from '../../api/records/device-records.ts';
import type { NodeTerm } from '../../api/records/scheduling-shape.ts';
import type { Bitset } from '../../lib/bitset.ts';
import type { NodeIndex } from '../placement/node-index.ts';
import type { NodeTable } from '../placement/node-table.ts';
import type { DeviceFacts } from './device-facts.ts';
import type { Pool } from './pool-table.ts';

/** A device that the node reaches. */
export interface Candidate {
  readonly device: DeviceRecord;
  readonly pool: Pool;
  /** From where it can be used. */
  readonly reach: DeviceReach;
}

export interface NodeDevices {
  /** In the order in which they are tried; pools that have a problem have none here. */
  readonly candidates: readonly Candidate[];
  /** Why a request for all devices cannot be answered now; undefined when it can. */
  readonly problem: string | undefined;
}

interface Entry {
  readonly wideStamp: number;
  readonly ownStamp: number;
  readonly devices: NodeDevices;
}

const NO_DEVICES: NodeDevices = { candidates: [], problem: undefined };

/** Which devices each node reaches, as kube-scheduler orders them; kept until slices or nodes change. */
export class NodeDeviceTable {
  readonly #facts: DeviceFacts;
  readonly #nodes: NodeTable;
  readonly #index: NodeIndex;
  readonly #featuresVersion: () => number;
  #version = -1;
  readonly #byNode = new Map<number, Entry>();
  #matching = new WeakMap<readonly NodeTerm[], Bitset>();

  constructor(facts: DeviceFacts, nodes: NodeTable, index: NodeIndex, featuresVersion: () => number) {
    this.#facts = facts;
    this.#nodes = nodes;
    this.#index = index;
    this.#featuresVersion = featuresVersion;
  }

  of(node: number): NodeDevices {
    this.#catchUp();
    const name = this.#nodes.records[node]?.name;
    if (name === undefined) return NO_DEVICES;
    const { pools } = this.#facts;
    const { wideStamp } = pools;
    const ownStamp = pools.stampOf(name);
    const known = this.#byNode.get(node);
    if (known !== undefined && known.wideStamp === wideStamp && known.ownStamp === ownStamp) return known.devices;
    const devices = this.#read(node, name);
    this.#byNode.set(node, { wideStamp, ownStamp, devices });
    return devices;
  }

  /** Whether the node is one of those; undefined means all. */
  isAmong(terms: readonly NodeTerm[] | undefined, node: number): boolean {
    if (terms === undefined) return true;
    this.#catchUp();
    let nodes = this.#matching.get(terms);
    if (nodes === undefined) {
      nodes = this.#index.none();
      for (const term of terms) nodes.union(this.#index.matching(term));
      this.#matching.set(terms, nodes);
    }
    return nodes.has(node);
  }

  #catchUp(): void {
    const version = this.#featuresVersion();
    if (version === this.#version) return;
    this.#version = version;
    this.#byNode.clear();
    this.#matching = new WeakMap();
  }

  #read(node: number, name: string): NodeDevices {
    const candidates: Candidate[] = [];
    const late: Candidate[] = [];
    let problem: string | undefined;
    for (const pool of this.#poolsOf(name)) {
      const reached = pool.slices.filter(({ reach, devices }) =>
        reach === undefined
          ? devices.some((device) => this.#reaches(device.reach, node, name))
          : this.#reaches(reach, node, name),
      );
      if (reached.length === 0) continue;
      const devices = reached.flatMap((slice) => slice.devices);
      const trouble = troubleOf(pool, devices);
      if (trouble !== undefined) {
        problem ??= trouble;
        continue;
      }
      const bound = devices.some(({ bindingConditions }) => bindingConditions.length > 0);
      for (const { reach, devices: of } of reached) {
        for (const device of of) {
          const own = reach ?? device.reach;
          if (own === undefined || (reach === undefined && !this.#reaches(own, node, name))) continue;
          (bound ? late : candidates).push({ device, pool, reach: own });
        }
      }
    }
    return { candidates: [...candidates, ...late], problem };
  }

  #poolsOf(node: string): readonly Pool[] {
    const { pools } = this.#facts;
    const found = [...pools.reachable(node)].flatMap((key) => pools.get(key) ?? []);
    return found.toSorted((a, b) => compare(a.driver, b.driver) || compare(a.name, b.name));
  }

  #reaches(reach: DeviceReach | undefined, node: number, name: string): boolean {
    if (reach === undefined) return false;
    if (reach.kind === 'all') return true;
    return reach.kind === 'node' ? reach.node === name : this.isAmong(reach.terms, node);
  }
}

function troubleOf(pool: Pool, devices: readonly DeviceRecord[]): string | undefined {
  const name = `pool ${pool.driver}/${pool.name}`;
  if (!pool.isComplete) return `${name} is being updated`;
  if (pool.problem !== undefined) return `${name} is not valid: ${pool.problem}`;
  const names = new Set(devices.map((device) => device.name));
  return names.size < devices.length ? `${name} is not valid: two devices have one name` : undefined;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

import type {
  AllocatedDevice,
  DeviceAmounts,
  DeviceClassRecord,
  SliceRecord,
} from '../../src/api/records/device-records.ts';
import type { NodeRecord } from '../../src/api/records/node-record.ts';
import { DeviceFacts } from '../../src/scheduler/claims/device-facts.ts';
import { DeviceUses } from '../../src/scheduler/claims/device-uses.ts';
import type { DeviceWorld as World } from '../../src/scheduler/claims/allocation-search.ts';
import { NodeDeviceTable } from '../../src/scheduler/claims/node-devices.ts';
import { ResourceTable } from '../../src/scheduler/model/resource-table.ts';
import { NodeIndex } from '../../src/scheduler/placement/node-index.ts';
import { NodeTable } from '../../src/scheduler/placement/node-table.ts';
import type { JudgedDevice } from './device-judge.ts';
import { makeNode } from './records.ts';

/** Nodes with devices, and what is in use of them, without anything else of a scheduler. */
export class DeviceWorld {
  readonly facts = new DeviceFacts(() => undefined);
  readonly uses = new DeviceUses();
  readonly #nodes = new NodeTable(new ResourceTable());
  readonly #index = new NodeIndex();
  readonly #devices: NodeDeviceTable;

  constructor(
    slices: readonly SliceRecord[],
    classes: ReadonlyMap<string, DeviceClassRecord>,
    nodes: readonly NodeRecord[] = [makeNode('a', {})],
  ) {
    for (const slice of slices) this.facts.slices.set(slice.name, slice);
    for (const [name, one] of classes) this.facts.classes.set(name, one);
    this.#nodes.reset(nodes);
    this.#index.reset(this.#nodes.records);
    this.#devices = new NodeDeviceTable(this.facts, this.#nodes, this.#index, () => 1);
  }

  use(devices: readonly AllocatedDevice[]): void {
    this.uses.charge(devices, 1);
  }

  at(node: string): World {
    return {
      devices: this.#devices.of(this.#nodes.indexOf(node)),
      uses: this.uses,
      classOf: (name) => this.facts.classes.get(name),
      taintsOf: (device) => this.facts.taintsOf(device),
    };
  }

  /** What the judge needs to know of the node's devices, which are of one pool. */
  judged(node: string): readonly JudgedDevice[] {
    return this.at(node).devices.candidates.map(({ device, pool }) => {
      const use = this.uses.of(device.driver, device.pool, device.name);
      const counters = this.uses.countersLeft(pool);
      return {
        device,
        counters,
        owners: use?.owners ?? 0,
        shares: use?.shares ?? 0,
        consumed: use?.consumed ?? NOTHING,
      };
    });
  }

  /** Devices that two have for themselves, and what more than there is was taken of. */
  overcommitted(): readonly string[] {
    return overcommitted(this.facts, this.uses);
  }
}

const NOTHING: DeviceAmounts = new Map();

/** Whatever was taken without regard to what there is, in words. */
export function overcommitted({ pools }: DeviceFacts, uses: DeviceUses): readonly string[] {
  const wrong: string[] = [];
  for (const pool of pools.all()) {
    const counters = new Map<string, bigint>();
    for (const device of pool.slices.flatMap(({ devices }) => devices)) {
      const use = uses.of(device.driver, device.pool, device.name);
      if (use === undefined) continue;
      if (use.owners > 1 || (use.owners > 0 && use.shares > 0)) wrong.push(`${device.name} belongs to several`);
      if (use.shares > 1 && !device.allowsMultiple) wrong.push(`${device.name} is shared`);
      for (const [name, sum] of use.consumed) {
        if (sum > (device.capacity.get(name)?.value ?? 0n)) wrong.push(`${device.name} has too little ${name}`);
      }
      for (const { set, counters: of } of device.consumes) {
        for (const [name, amount] of of)
          counters.set(`${set}/${name}`, (counters.get(`${set}/${name}`) ?? 0n) + amount);
      }
    }
    for (const [key, sum] of counters) {
      const [set = '', name = ''] = key.split('/');
      if (sum > (pool.counters.get(set)?.get(name) ?? 0n)) wrong.push(`counter ${key} is overdrawn`);
    }
  }
  return wrong;
}

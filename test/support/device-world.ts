import type {
  AllocatedDevice,
  DeviceAmounts,
  DeviceClassRecord,
  DeviceRecord,
  SliceRecord,
} from '../../src/api/records/device-records.ts';
import type { NodeRecord } from '../../src/api/records/node-record.ts';
import { DeviceFacts } from '../../src/scheduler/claims/device-facts.ts';
import { DeviceUses } from '../../src/scheduler/claims/device-uses.ts';
import type { DeviceUse } from '../../src/scheduler/claims/device-uses.ts';
import type { Pool } from '../../src/scheduler/claims/pool-table.ts';
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
      const use = this.uses.of(pool, device.name);
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
  return [...pools.all()].flatMap((pool) => {
    const used = pool.slices
      .flatMap(({ devices }) => devices)
      .flatMap((device) => {
        const use = uses.of(pool, device.name);
        return use === undefined ? [] : [{ device, use }];
      });
    return [...used.flatMap(wrongUses), ...overdrawn(pool, used)];
  });
}

interface Used {
  readonly device: DeviceRecord;
  readonly use: DeviceUse;
}

function wrongUses({ device, use }: Used): readonly string[] {
  const { name, allowsMultiple, capacity } = device;
  const isCrowded = use.owners + Math.min(1, use.shares) > 1 || (use.shares > 1 && !allowsMultiple);
  const short = [...use.consumed].filter(([of, sum]) => sum > (capacity.get(of)?.value ?? 0n));
  return [...(isCrowded ? [`${name} belongs to several`] : []), ...short.map(([of]) => `${name} has too little ${of}`)];
}

function overdrawn(pool: Pool, used: readonly Used[]): readonly string[] {
  const taken = used.flatMap(({ device }) => device.consumes);
  return [...pool.counters].flatMap(([set, counters]) =>
    [...counters].flatMap(([name, there]) => {
      const amounts = taken.filter((one) => one.set === set).map((one) => one.counters.get(name) ?? 0n);
      return amounts.reduce((sum, amount) => sum + amount, 0n) > there ? [`counter ${set}/${name} is overdrawn`] : [];
    }),
  );
}

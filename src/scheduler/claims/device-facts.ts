import type {
  DeviceClaimRecord,
  DeviceClassRecord,
  DeviceRecord,
  DeviceTaint,
  DeviceTaintRuleRecord,
  SliceRecord,
} from '../../api/records/device-records.ts';
import type { FactTable } from '../volumes/storage-facts.ts';
import { PoolTable } from './pool-table.ts';

/** What the cluster has of devices, and of claims for them. */
export class DeviceFacts {
  /** Grows with every change of anything but claims. */
  version = 0;
  readonly pools = new PoolTable();
  readonly #classes = new Map<string, DeviceClassRecord>();
  readonly #claims = new Map<string, DeviceClaimRecord>();
  readonly #taintRules = new Map<string, DeviceTaintRuleRecord>();
  readonly #onClaim: (key: string) => void;

  /** `onClaim` is told of each claim that has become another one, once it is. */
  constructor(onClaim: (key: string) => void) {
    this.#onClaim = onClaim;
  }

  readonly slices: FactTable<SliceRecord> = {
    get: (name) => this.pools.slice(name),
    set: (_, slice) => {
      this.pools.set(slice);
      this.version += 1;
    },
    delete: (name) => {
      this.pools.delete(name);
      this.version += 1;
    },
  };

  readonly classes: FactTable<DeviceClassRecord> = this.#told(this.#classes);
  readonly taintRules: FactTable<DeviceTaintRuleRecord> = this.#told(this.#taintRules);

  readonly claims: FactTable<DeviceClaimRecord> = {
    get: (key) => this.#claims.get(key),
    set: (key, claim) => {
      this.#claims.set(key, claim);
      this.#onClaim(key);
    },
    delete: (key) => {
      if (this.#claims.delete(key)) this.#onClaim(key);
    },
  };

  /** Those of the device itself, and those that rules give it. */
  *taintsOf(device: DeviceRecord): Iterable<DeviceTaint> {
    yield* device.taints;
    for (const { devices, taint } of this.#taintRules.values()) {
      if (devices === undefined) continue;
      if (devices.driver !== '' && devices.driver !== device.driver) continue;
      if (devices.pool !== '' && devices.pool !== device.pool) continue;
      if (devices.device === '' || devices.device === device.name) yield taint;
    }
  }

  #told<T>(map: Map<string, T>): FactTable<T> {
    return {
      get: (key) => map.get(key),
      set: (key, record) => {
        map.set(key, record);
        this.version += 1;
      },
      delete: (key) => {
        map.delete(key);
        this.version += 1;
      },
    };
  }
}

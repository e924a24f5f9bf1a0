import type {
  DeviceClaimRecord,
  DeviceClassRecord,
  DeviceRecord,
  DeviceTaint,
  DeviceTaintRuleRecord,
  SliceRecord,
  TaintedDevices,
} from '../../api/records/device-records.ts';
import type { ClaimTemplateRecord } from '../../api/records/claim-template-record.ts';
import { CLASS_PREFIX } from '../../api/devices/extended-resources.ts';
import type { ExtendedResources } from '../../api/devices/extended-resources.ts';
import { factTable } from '../ledger/fact-table.ts';
import type { FactTable } from '../ledger/fact-table.ts';
import { PoolTable } from './pool-table.ts';

/** What the cluster has of devices, and of claims for them. */
export class DeviceFacts {
  /** Grows with every change of anything but claims. */
  version = 0;
  readonly pools = new PoolTable();
  readonly #classes = new Map<string, DeviceClassRecord>();
  readonly #claims = new Map<string, DeviceClaimRecord>();
  readonly #taintRules = new Map<string, DeviceTaintRuleRecord>();
  #extended: ExtendedResources | undefined;
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

  readonly classes: FactTable<DeviceClassRecord> = factTable(this.#classes, () => {
    this.version += 1;
    this.#extended = undefined;
  });
  /** What claims will be that are made for pods. */
  readonly templates: FactTable<ClaimTemplateRecord> = factTable(
    new Map<string, ClaimTemplateRecord>(),
    () => undefined,
  );
  readonly taintRules: FactTable<DeviceTaintRuleRecord> = factTable(this.#taintRules, () => (this.version += 1));

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
  taintsOf(device: DeviceRecord): readonly DeviceTaint[] {
    if (this.#taintRules.size === 0) return device.taints;
    const ruled = [...this.#taintRules.values()].filter(
      ({ devices }) => devices !== undefined && isOf(device, devices),
    );
    return [...device.taints, ...ruled.map(({ taint }) => taint)];
  }

  /** Classes whose devices pods may ask for by this name. */
  classesNaming(resource: string): readonly string[] {
    const classes = [...this.#classes.values()];
    return classes.filter(({ extendedResourceName }) => extendedResourceName === resource).map(({ name }) => name);
  }

  /** One object as long as no class changed. Where several classes name a resource, the newest serves it, as in kube-scheduler; of equals the first by name. */
  get extendedResources(): ExtendedResources {
    return (this.#extended ??= extendedResources(this.#classes.values()));
  }
}

function extendedResources(classes: Iterable<DeviceClassRecord>): ExtendedResources {
  const served = new Map<string, string>();
  for (const { name, extendedResourceName } of [...classes].toSorted(newestLast)) {
    served.set(`${CLASS_PREFIX}${name}`, name);
    if (extendedResourceName !== '') served.set(extendedResourceName, name);
  }
  return served;
}

function newestLast(a: DeviceClassRecord, b: DeviceClassRecord): number {
  return a.createdMs - b.createdMs || (a.name < b.name ? 1 : -1);
}

function isOf(device: DeviceRecord, wanted: TaintedDevices): boolean {
  if (wanted.driver !== '' && wanted.driver !== device.driver) return false;
  if (wanted.pool !== '' && wanted.pool !== device.pool) return false;
  return wanted.device === '' || wanted.device === device.name;
}

import type { DeviceAllocation } from '../../api/records/device-records.ts';

/** What an unallocated claim for devices is given when a pod that uses it is placed. */
export interface DeviceChoice {
  /** `namespace/name`. */
  readonly claim: string;
  readonly allocation: DeviceAllocation;
}

import type { AllocatedDevice, DeviceRecord } from '../records/device-records.ts';
import { claimOffer } from './catalogue/claim-offers.ts';
import type { VendorClaim } from './catalogue/claim-offers.ts';
import { profileMemory } from './device-memory.ts';
import { claimedUnits, isWanted } from './device-units.ts';
import { mostMemory } from './unit-class.ts';
import type { DeviceUnit } from './unit-class.ts';

/** A device that a claim has, as its driver tells of it; both undefined before one is chosen. */
export interface ClaimedDevice {
  readonly device: AllocatedDevice | undefined;
  readonly record: DeviceRecord | undefined;
}

/** Amounts of drivers are in billionths. */
const BILLION = 1_000_000_000n;
const KIB = 1024;

/** What a device that is claimed of the class comes to in the unit; 0 where the class is of no such devices. */
export function claimedPart(className: string, { deviceClass, measure }: DeviceUnit, claimed: ClaimedDevice): number {
  const offer = claimOffer(className);
  if (offer === undefined || !isWanted(offer.vendor, deviceClass)) return 0;
  if (measure === 'memory') return claimedMemory(offer, deviceClass, claimed);
  return Math.ceil((claimedUnits(className, deviceClass, profileOf(offer, claimed)) ?? 0) * shareOf(claimed));
}

/** KiB: those of the share, else of the device, else of the largest that it could be. */
function claimedMemory(offer: VendorClaim, deviceClass: DeviceUnit['deviceClass'], claimed: ClaimedDevice): number {
  const { device, record } = claimed;
  const name = offer.claim.memory ?? '';
  const driver = offer.claim.driver;
  const consumed = device?.consumed.get(name) ?? device?.consumed.get(`${driver}/${name}`);
  const whole = record?.capacity.get(name)?.value ?? record?.capacity.get(`${driver}/${name}`)?.value;
  if (consumed !== undefined) return kib(consumed);
  if (whole !== undefined) return Math.ceil(kib(whole) * shareOf(claimed));
  const most = Math.max(0, ...offer.vendor.models.map(({ memoryMib }) => memoryMib)) || mostMemory(deviceClass);
  return (profileMemory(profileOf(offer, claimed)) ?? most) * KIB;
}

function kib(billionths: bigint): number {
  const unit = BILLION * BigInt(KIB);
  return Number((billionths + unit - 1n) / unit);
}

/** The largest part that a share takes of any capacity of its device; 1 of a device of its own. */
function shareOf({ device, record }: ClaimedDevice): number {
  if (device?.share === undefined || device.consumed.size === 0) return 1;
  const parts = [...device.consumed].map(([name, taken]) => {
    const whole = record?.capacity.get(name)?.value ?? 0n;
    return whole > 0n ? Number(taken) / Number(whole) : 1;
  });
  return Math.min(1, Math.max(...parts));
}

/** As its driver tells it; empty before a device is chosen, and for whole ones. */
function profileOf({ claim }: VendorClaim, { record }: ClaimedDevice): string {
  const value = claim.profile === undefined ? undefined : record?.attributes.get(`${claim.driver}/${claim.profile}`);
  return value?.kind === 'string' ? value.value : '';
}

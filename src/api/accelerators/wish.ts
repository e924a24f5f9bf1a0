import type { DeviceClass } from './device-class.ts';

/** The devices that each pod wants, in words that hold for every vendor. */
export interface AcceleratorWish {
  /** Whole devices, or slices of the profile; 1 with a share. */
  readonly count: number;
  readonly deviceClass: DeviceClass;
  /** Empty: any. */
  readonly vendor: string;
  /** One of these will do; empty: any. Lower case. */
  readonly models: readonly string[];
  /** Least memory of one device, MiB; 0: any. */
  readonly memoryMib: number;
  /** Least compute capability, hundred times the major number and the minor one: 8.6 is 806. 0: any. */
  readonly compute: number;
  /** Hundredths of one device; 0: whole devices, or a share by memory. */
  readonly share: number;
  /** MiB of a device that others use as well; 0: none. */
  readonly sharedMib: number;
  /** How a device is partitioned (`1g.10gb`); empty: it is not. */
  readonly profile: string;
  /** Shape of a slice of devices (`2x4`); empty: any. */
  readonly topology: string;
  /** The devices of one pod reach each other by a link of their own. */
  readonly isOneDomain: boolean;
  /** So do those of all pods of the group together. */
  readonly isGroupDomain: boolean;
  /** The container that gets them; empty: the one that is the pod's main one. */
  readonly container: string;
  /** Nodes that have them may come later. */
  readonly mayCome: boolean;
}

export const PLAIN_WISH: AcceleratorWish = Object.freeze({
  count: 1,
  deviceClass: 'device',
  vendor: '',
  models: Object.freeze([]),
  memoryMib: 0,
  compute: 0,
  share: 0,
  sharedMib: 0,
  profile: '',
  topology: '',
  isOneDomain: false,
  isGroupDomain: false,
  container: '',
  mayCome: false,
});

/** The one text of a wish: reading it gives the same wish. */
export function formatWish(wish: AcceleratorWish): string {
  return [
    devicesText(wish),
    ...(wish.vendor === '' ? [] : [`vendor ${wish.vendor}`]),
    ...(wish.models.length === 0 ? [] : [`model ${wish.models.join('|')}`]),
    ...(wish.memoryMib === 0 ? [] : [`memory >= ${memoryText(wish.memoryMib)}`]),
    ...(wish.compute === 0 ? [] : [`compute >= ${computeText(wish.compute)}`]),
    ...(wish.sharedMib === 0 ? [] : [`memory ${memoryText(wish.sharedMib)} shared`]),
    ...(wish.profile === '' ? [] : [`profile ${wish.profile}`]),
    ...(wish.topology === '' ? [] : [`topology ${wish.topology}`]),
    ...(wish.isOneDomain ? [`one NVLink domain${wish.isGroupDomain ? ' for the group' : ''}`] : []),
    ...(wish.container === '' ? [] : [`container ${wish.container}`]),
    ...(wish.mayCome ? ['may come'] : []),
  ].join(', ');
}

function devicesText({ share, count, deviceClass }: AcceleratorWish): string {
  return share > 0 ? `${share / 100} ${deviceClass}` : `${count} x ${deviceClass}`;
}

/** `80Gi`, or `1500Mi` where it is no whole number of them. */
export function memoryText(mib: number): string {
  return mib % 1024 === 0 ? `${mib / 1024}Gi` : `${mib}Mi`;
}

function computeText(compute: number): string {
  return `${Math.trunc(compute / 100)}.${compute % 100}`;
}

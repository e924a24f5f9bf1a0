import type { DeviceClass } from '../device-class.ts';

/** A model as people name it. */
export interface DeviceModel {
  /** Lower case, without separators: `h100`, `rtx4090`. */
  readonly name: string;
  /** Other names for it, in lower case. */
  readonly aliases?: readonly string[];
  /**
   * How labels spell it: the words, in lower case, that stand one after another in what a node publishes. Each list is one
   * spelling; absent: the name.
   */
  readonly spellings?: readonly (readonly string[])[];
  /** The most memory that one of them comes with, MiB as marketed; 0 where nothing is known. */
  readonly memoryMib: number;
  /** As in a wish: 900 is 9.0; absent where the vendor has no such number. */
  readonly compute?: number;
  /** Devices of one machine reach each other by a link of their own, unless they are said to be PCIe cards. */
  readonly isLinked?: true;
  /** Values of the vendor's model label that are known, for whoever asks before any node was seen. */
  readonly products?: readonly string[];
}

/** A label that tells something of a node's devices. */
export interface DeviceLabel {
  /** The key, or with `isInKey` the beginning of keys whose rest is the value. */
  readonly key: string;
  readonly isInKey?: true;
}

/** How much memory one device has. */
export interface MemoryLabel extends DeviceLabel {
  /** `Mi`: a plain number of MiB; `quantity`: `64G`, decimal or not. */
  readonly unit: 'Mi' | 'quantity';
}

/** One way in which the nodes of a vendor publish its devices. */
export interface DeviceOffer {
  /** The program that publishes them, in words. */
  readonly stack: string;
  /** `replica`: one device, promised to several pods without a wall between them. */
  readonly grain: 'whole' | 'profile' | 'replica' | 'share';
  /** The resource that is counted. A `*` stands for a part that a profile, or what nodes publish, fills. */
  readonly resource: string;
  /** For one model alone: the resource says which. */
  readonly model?: string;
  /** MiB of memory, for a share. */
  readonly memory?: string;
  /** Hundredths of a device, for a share. */
  readonly cores?: string;
  /** Told to whoever gets it. */
  readonly caveat?: string;
  /** Devices are given out by ResourceClaims: `resource` is then the DeviceClass, with a `/*` for profiles. */
  readonly claim?: ClaimOffer;
}

/** What a driver tells of its devices in ResourceSlices; attributes and capacities are in the driver's own domain. */
export interface ClaimOffer {
  readonly driver: string;
  readonly className: string;
  /** Of what the driver tells only devices with this value of an attribute are of the offer; absent: all. */
  readonly kind?: { readonly attribute: string; readonly value: string };
  /** The attribute that names the model. */
  readonly model?: string;
  /** The capacity that is the memory of one device. */
  readonly memory?: string;
  /** The attribute that is the compute capability, a semantic version. */
  readonly compute?: string;
  /** The attribute that names the profile of a slice. */
  readonly profile?: string;
}

/** What is known of one vendor's devices: data alone. */
export interface AcceleratorVendor {
  readonly name: string;
  readonly deviceClass: DeviceClass;
  /** The preferred first. */
  readonly offers: readonly DeviceOffer[];
  readonly models: readonly DeviceModel[];
  /** Which model; what is published first is believed. */
  readonly modelLabels: readonly DeviceLabel[];
  readonly memoryLabels: readonly MemoryLabel[];
  /** Shape of the slice that a node is part of. */
  readonly topologyLabel?: string;
  /**
   * Labels of nodes whose devices reach each other from node to node: alike in the value is one domain. HyperNodes of such a domain
   * have the label as the name of their tier.
   */
  readonly domainLabels?: readonly string[];
  /** A node with one of these values of the label shares each device between several pods. */
  readonly sharing?: { readonly key: string; readonly values: readonly string[]; readonly replicas: string };
  /** Keys of taints that such nodes bear for those who do not need their devices, whatever their value and effect. */
  readonly taints: readonly string[];
  /** Named only where the cluster has it. */
  readonly runtimeClassName?: string;
}

/** GiB in MiB. */
export function gib(amount: number): number {
  return amount * 1024;
}

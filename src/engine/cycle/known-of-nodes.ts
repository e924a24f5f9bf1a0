import type { DeviceInventory } from '../../../webhooks/accelerators/inventory.ts';
import type { ClusterRoom } from '../../../webhooks/admission.ts';
import { CLAIM_OFFERS } from '../../api/accelerators/catalogue/claim-offers.ts';
import type { NodeRecord } from '../../api/records/node-record.ts';
import type { DeviceFacts } from '../../scheduler/claims/device-facts.ts';
import type { NetworkFacts } from '../../scheduler/topology/network-facts.ts';
import { clusterRoom } from './cluster-room.ts';
import { domainLabelCounts, tierCounts } from './feeds/link-domains.ts';
import { claimedDevices } from './feeds/claimed-devices.ts';
import { deviceInventory, publishedDevices } from './feeds/device-inventory.ts';

interface NodeSources {
  /** Undefined before they, their devices and the classes of those were listed. */
  nodes(this: void): Iterable<NodeRecord> | undefined;
  readonly devices: Pick<DeviceFacts, 'version' | 'pools' | 'classes' | 'extendedResources'>;
  readonly network: Pick<NetworkFacts, 'version' | 'hyperNodes'>;
}

/** What admission is told of the nodes: counted when somebody asks, and one object as long as no node or slice changed. */
export class KnownOfNodes {
  readonly #sources: NodeSources;
  #room: ClusterRoom | undefined;
  #devices: DeviceInventory | undefined;
  /** Of the devices and HyperNodes that are counted in it. */
  #version = '';

  constructor(sources: NodeSources) {
    this.#sources = sources;
  }

  get room(): ClusterRoom | undefined {
    const nodes = this.#sources.nodes();
    const { extendedResources } = this.#sources.devices;
    if (nodes !== undefined && this.#room?.served !== extendedResources)
      this.#room = clusterRoom(nodes, extendedResources);
    return this.#room;
  }

  get devices(): DeviceInventory | undefined {
    const nodes = this.#sources.nodes();
    const { devices: facts, network } = this.#sources;
    const version = `${facts.version} ${network.version}`;
    if (nodes === undefined || (this.#devices !== undefined && version === this.#version)) return this.#devices;
    const names = CLAIM_OFFERS.map(({ claim }) => claim.className).filter(
      (name) => facts.classes.get(name) !== undefined,
    );
    const all = [...nodes];
    const found = [...publishedDevices(all), ...claimedDevices(facts.pools.all())];
    this.#devices = {
      ...deviceInventory(found),
      classes: new Set(names),
      tiers: tierCounts(network.hyperNodes.values()),
      domainLabels: domainLabelCounts(all),
    };
    this.#version = version;
    return this.#devices;
  }

  /** A node came, went, or is another one now. */
  changed(): void {
    this.#room = undefined;
    this.#devices = undefined;
  }
}

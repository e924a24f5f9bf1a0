import type { DeviceInventory } from '../../../webhooks/accelerators/inventory.ts';
import type { ClusterRoom } from '../../../webhooks/admission.ts';
import type { NodeRecord } from '../../api/records/node-record.ts';
import { clusterRoom } from './cluster-room.ts';
import { deviceInventory } from './feeds/device-inventory.ts';

/** What admission is told of the nodes: counted when somebody asks, and one object as long as no node changed. */
export class KnownOfNodes {
  readonly #nodes: () => Iterable<NodeRecord> | undefined;
  #room: ClusterRoom | undefined;
  #devices: DeviceInventory | undefined;

  /** Undefined before they were listed. */
  constructor(nodes: () => Iterable<NodeRecord> | undefined) {
    this.#nodes = nodes;
  }

  get room(): ClusterRoom | undefined {
    this.#room ??= this.#count(clusterRoom);
    return this.#room;
  }

  get devices(): DeviceInventory | undefined {
    this.#devices ??= this.#count(deviceInventory);
    return this.#devices;
  }

  /** A node came, went, or is another one now. */
  changed(): void {
    this.#room = undefined;
    this.#devices = undefined;
  }

  #count<T>(counted: (nodes: Iterable<NodeRecord>) => T): T | undefined {
    const nodes = this.#nodes();
    return nodes && counted(nodes);
  }
}

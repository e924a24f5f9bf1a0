import type { DeviceInventory } from '../../../webhooks/accelerators/inventory.ts';
import type { ClusterRoom } from '../../../webhooks/admission.ts';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';

/** Engine thread to webhook thread. */
export type EngineWord =
  | { readonly kind: 'room'; readonly room: ClusterRoom }
  /** What nodes have left. */
  | { readonly kind: 'free'; readonly free: ResourceAmounts }
  | { readonly kind: 'devices'; readonly devices: DeviceInventory }
  /** No node: later, by the ordinary way. */
  | { readonly kind: 'place'; readonly id: number; readonly node: string | undefined };

/** Webhook thread to engine thread. */
export interface WebhookWord {
  readonly kind: 'place';
  readonly id: number;
  /** `namespace/name`. */
  readonly group: string;
  readonly task: string;
}

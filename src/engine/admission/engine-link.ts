import type { DeviceInventory } from '../../../webhooks/accelerators/inventory.ts';
import type { ClusterRoom } from '../../../webhooks/admission.ts';
import type { Fit, FitQuestion, PlaceQuestion } from '../../../webhooks/question.ts';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';

/** Engine thread to webhook thread. */
export type EngineWord =
  | { readonly kind: 'room'; readonly room: ClusterRoom }
  /** What nodes have left. */
  | { readonly kind: 'free'; readonly free: ResourceAmounts }
  | { readonly kind: 'devices'; readonly devices: DeviceInventory }
  /** No node: later, by the ordinary way. */
  | { readonly kind: 'place'; readonly id: number; readonly node: string | undefined }
  | { readonly kind: 'fit'; readonly id: number; readonly fit: Fit | 'unknown' };

/** What the webhook thread asks the engine thread. */
export type WebhookQuestion = Omit<PlaceQuestion, 'key'> | Omit<FitQuestion, 'key'>;

/** Webhook thread to engine thread: a question, and by which number it is answered. */
export type WebhookWord = WebhookQuestion & { readonly id: number };

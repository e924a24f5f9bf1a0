import type { MessagePort } from 'node:worker_threads';
import { amountsText } from '../api/amounts.ts';
import type { ResourceAmounts } from '../api/records/scheduling-shape.ts';
import type { EngineWord, WebhookWord } from '../engine/admission/engine-link.ts';
import type { DeviceInventory } from '../../webhooks/accelerators/inventory.ts';
import type { ClusterRoom } from '../../webhooks/admission.ts';

/** How often the webhook hears of a cluster that changed its size or what it has left. */
const POST_EVERY_MS = 1000;

/** What the engine knows of the nodes. */
interface Told {
  readonly room: ClusterRoom | undefined;
  readonly devices: DeviceInventory | undefined;
}

/**
 * The engine thread's end of its channel to the webhook: tells how large the cluster is, which devices it has and what is left
 * whenever that changed, and answers every question for a place with "later", which is always right.
 */
export function serveWebhook(port: MessagePort, nodes: Told, free: () => ResourceAmounts | undefined): void {
  const send = (word: EngineWord): void => port.postMessage(word);
  port.on('message', ({ id }: WebhookWord) => send({ kind: 'place', id, node: undefined }));
  port.unref();
  let told: Told = { room: undefined, devices: undefined };
  let toldFree = '';
  setInterval(() => {
    const { room, devices } = nodes;
    if (room !== undefined && room !== told.room) send({ kind: 'room', room });
    if (devices !== undefined && devices !== told.devices) send({ kind: 'devices', devices });
    told = { room, devices };
    const left = free();
    const text = left === undefined ? toldFree : amountsText(left);
    if (left !== undefined && text !== toldFree) send({ kind: 'free', free: left });
    toldFree = text;
  }, POST_EVERY_MS).unref();
}

import type { MessagePort } from 'node:worker_threads';
import type { EngineWord, WebhookWord } from '../engine/admission/engine-link.ts';
import type { ClusterRoom } from '../../webhooks/admission.ts';

/** How often the webhook hears of a cluster that changed its size. */
const POST_EVERY_MS = 1000;

/**
 * The engine thread's end of its channel to the webhook: tells how large the cluster is whenever that changed, and answers
 * every question for a place with "later", which is always right.
 */
export function serveWebhook(port: MessagePort, room: () => ClusterRoom | undefined): void {
  const send = (word: EngineWord): void => port.postMessage(word);
  port.on('message', ({ id }: WebhookWord) => send({ kind: 'place', id, node: undefined }));
  port.unref();
  let told: ClusterRoom | undefined;
  setInterval(() => {
    const now = room();
    if (now === undefined || now === told) return;
    told = now;
    send({ kind: 'room', room: now });
  }, POST_EVERY_MS).unref();
}

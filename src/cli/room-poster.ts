import type { MessagePort } from 'node:worker_threads';
import { amountsText } from '../api/amounts.ts';
import type { ResourceAmounts } from '../api/records/scheduling-shape.ts';
import type { EngineWord, WebhookWord } from '../engine/admission/engine-link.ts';
import type { ClusterRoom } from '../../webhooks/admission.ts';

/** How often the webhook hears of a cluster that changed its size or what it has left. */
const POST_EVERY_MS = 1000;

/** What the engine knows of the cluster's size. */
export interface RoomTeller {
  /** One object as long as no node changed; undefined before the nodes were listed. */
  readonly room: ClusterRoom | undefined;
  /** Undefined where nobody knows. */
  free(): ResourceAmounts | undefined;
}

/**
 * The engine thread's end of its channel to the webhook: tells how large the cluster is and what is left of it whenever that
 * changed, and answers every question for a place with "later", which is always right.
 */
export function serveWebhook(port: MessagePort, cluster: RoomTeller): void {
  const send = (word: EngineWord): void => port.postMessage(word);
  port.on('message', ({ id }: WebhookWord) => send({ kind: 'place', id, node: undefined }));
  port.unref();
  let told: ClusterRoom | undefined;
  let toldFree = '';
  setInterval(() => {
    const { room } = cluster;
    if (room === undefined) return;
    if (room !== told) send({ kind: 'room', room });
    told = room;
    const free = cluster.free();
    if (free === undefined) return;
    const text = amountsText(free);
    if (text !== toldFree) send({ kind: 'free', free });
    toldFree = text;
  }, POST_EVERY_MS).unref();
}

import type { MessagePort } from 'node:worker_threads';
import { amountsText } from '../../api/amounts.ts';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';
import type { EngineWord, WebhookWord } from '../../engine/admission/engine-link.ts';
import type { Logger } from '../../engine/ports.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { DeviceInventory } from '../../../webhooks/accelerators/inventory.ts';
import type { ClusterRoom } from '../../../webhooks/admission.ts';
import type { Fit } from '../../../webhooks/question.ts';

/** How often the webhook hears of a cluster that changed its size or what it has left. */
const POST_EVERY_MS = 1000;

/** What the engine knows of the nodes. */
interface Told {
  readonly room: ClusterRoom | undefined;
  readonly devices: DeviceInventory | undefined;
}

/** Who knows what. */
interface Engine {
  /** What nodes have left, and what they would say to pods, it knows only while it leads. */
  readonly scheduler: {
    readonly told: Told;
    free(): ResourceAmounts | undefined;
    tryPods(namespace: string, template: JsonObject, count: number): Fit | undefined;
  };
  /** What nodes have left where another process leads. */
  readonly leadersRoom: { free(): ResourceAmounts | undefined };
}

/**
 * The engine thread's end of its channel to the webhook: tells how large the cluster is, which devices it has and what is left
 * whenever that changed, answers every question for a place with "later", which is always right, and what nodes would say to pods.
 */
export function serveWebhook(port: MessagePort, { scheduler, leadersRoom }: Engine, log: Logger): void {
  const send = (word: EngineWord): void => port.postMessage(word);
  port.on('message', (word: WebhookWord) => send(answer(word, scheduler, log)));
  port.unref();
  let told: Told = { room: undefined, devices: undefined };
  let toldFree = '';
  setInterval(() => {
    const { room, devices } = scheduler.told;
    if (room !== undefined && room !== told.room) send({ kind: 'room', room });
    if (devices !== undefined && devices !== told.devices) send({ kind: 'devices', devices });
    told = { room, devices };
    const left = scheduler.free() ?? leadersRoom.free();
    const text = left === undefined ? toldFree : amountsText(left);
    if (left !== undefined && text !== toldFree) send({ kind: 'free', free: left });
    toldFree = text;
  }, POST_EVERY_MS).unref();
}

function answer(word: WebhookWord, scheduler: Engine['scheduler'], log: Logger): EngineWord {
  const { id } = word;
  if (word.kind === 'place') return { kind: 'place', id, node: undefined };
  try {
    return { kind: 'fit', id, fit: scheduler.tryPods(word.namespace, word.template, word.count) ?? 'unknown' };
  } catch (error) {
    // Who submits must not be able to end the scheduler.
    log.error('a trial of pods failed inside', { message: String(error) });
    return { kind: 'fit', id, fit: 'unknown' };
  }
}

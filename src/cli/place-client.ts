import type { MessagePort } from 'node:worker_threads';
import type { ResourceAmounts } from '../api/records/scheduling-shape.ts';
import type { EngineWord, WebhookWord } from '../engine/admission/engine-link.ts';
import type { DeviceInventory } from '../../webhooks/accelerators/inventory.ts';
import type { ClusterRoom } from '../../webhooks/admission.ts';
import type { Answer, PlaceQuestion } from '../../webhooks/question.ts';

/** Who takes what the engine tells of the cluster. */
interface ToldOfCluster {
  setRoom(room: ClusterRoom): void;
  setDevices(devices: DeviceInventory): void;
  setFree(free: ResourceAmounts): void;
}

/** The webhook thread's end of its channel to the engine: questions go out, answers and what the cluster has come in. */
export class PlaceClient {
  readonly #port: MessagePort | undefined;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #nextId = 0;

  constructor(port: MessagePort | undefined, told: ToldOfCluster) {
    this.#port = port;
    port?.on('message', (word: EngineWord) => {
      if (word.kind === 'room') told.setRoom(word.room);
      else if (word.kind === 'devices') told.setDevices(word.devices);
      else if (word.kind === 'free') told.setFree(word.free);
      else this.#answer(word.id, word.node);
    });
    // The channel alone keeps no thread alive that was told to stop.
    port?.unref();
  }

  /** Without an engine in this process: later. */
  ask({ group, task }: PlaceQuestion): Promise<Answer> {
    const port = this.#port;
    if (port === undefined) return Promise.resolve({ kind: 'place', node: undefined });
    const id = (this.#nextId += 1);
    const word: WebhookWord = { kind: 'place', id, group, task };
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      port.postMessage(word);
    });
  }

  #answer(id: number, node: string | undefined): void {
    this.#waiting.get(id)?.({ kind: 'place', node });
    this.#waiting.delete(id);
  }
}

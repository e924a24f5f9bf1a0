import type { MessagePort } from 'node:worker_threads';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';
import type { EngineWord, WebhookQuestion } from '../../engine/admission/engine-link.ts';
import type { Clock } from '../../engine/ports.ts';
import type { DeviceInventory } from '../../../webhooks/accelerators/inventory.ts';
import type { ClusterRoom } from '../../../webhooks/admission.ts';
import type { Answer, FitQuestion, PlaceQuestion } from '../../../webhooks/question.ts';

/** Who takes what the engine tells of the cluster. */
interface ToldOfCluster {
  setRoom(room: ClusterRoom): void;
  setDevices(devices: DeviceInventory): void;
  setFree(free: ResourceAmounts): void;
}

/** Who waits for an answer, and what is true without one. */
interface Asker {
  readonly resolve: (answer: Answer) => void;
  readonly otherwise: Answer;
}

/** The engine answers between its cycles; whoever submits does not wait for a long one, and goes without a verdict. */
const FIT_MS = 50;
/** Beyond so many that wait nobody is asked any more. */
const MOST_WAITING = 100;

/** The webhook thread's end of its channel to the engine: questions go out, answers and what the cluster has come in. */
export class EngineClient {
  readonly #told: ToldOfCluster;
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Asker>();
  #port: MessagePort | undefined;
  #nextId = 0;

  constructor(told: ToldOfCluster, clock: Clock) {
    this.#told = told;
    this.#clock = clock;
  }

  /** An engine was started in this process. What the one before was asked it will not answer any more. */
  connect(port: MessagePort): void {
    this.#port?.close();
    for (const [id, { otherwise }] of this.#waiting) this.#take(id, otherwise);
    this.#port = port;
    port.on('message', (word: EngineWord) => this.#hear(word));
    // The channel alone keeps no thread alive that was told to stop.
    port.unref();
  }

  /** Without an engine in this process: later. */
  place({ group, task }: PlaceQuestion): Promise<Answer> {
    return this.#ask({ kind: 'place', group, task }, LATER);
  }

  /** Unknown without an engine that leads, or while it is busy. */
  fit({ namespace, template, count }: FitQuestion): Promise<Answer> {
    return this.#ask({ kind: 'fit', namespace, template, count }, UNKNOWN, FIT_MS);
  }

  #ask(question: WebhookQuestion, otherwise: Answer, patienceMs?: number): Promise<Answer> {
    const port = this.#port;
    if (port === undefined || this.#waiting.size >= MOST_WAITING) return Promise.resolve(otherwise);
    const id = (this.#nextId += 1);
    return new Promise((resolve) => {
      this.#waiting.set(id, { resolve, otherwise });
      port.postMessage({ ...question, id });
      if (patienceMs !== undefined) this.#clock.after(patienceMs, () => this.#take(id, otherwise));
    });
  }

  #hear(word: EngineWord): void {
    if (word.kind === 'room') this.#told.setRoom(word.room);
    else if (word.kind === 'devices') this.#told.setDevices(word.devices);
    else if (word.kind === 'free') this.#told.setFree(word.free);
    else if (word.kind === 'fit') this.#take(word.id, { kind: 'fit', fit: word.fit });
    else this.#take(word.id, { kind: 'place', node: word.node });
  }

  #take(id: number, answer: Answer): void {
    this.#waiting.get(id)?.resolve(answer);
    this.#waiting.delete(id);
  }
}

const LATER: Answer = { kind: 'place', node: undefined };
const UNKNOWN: Answer = { kind: 'fit', fit: 'unknown' };

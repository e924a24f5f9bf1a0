import { REFUSED_BY_BUDGET } from '../../src/engine/ports.ts';
import type { ClusterWriter, WriteOutcome, WriteRequest } from '../../src/engine/ports.ts';

export const DONE: WriteOutcome = { kind: 'done', object: undefined };
export const UNKNOWN: WriteOutcome = { kind: 'unknown', message: 'time-out' };
export const CONFLICT: WriteOutcome = { kind: 'conflict', message: 'modified' };
export const NOT_FOUND: WriteOutcome = { kind: 'notFound', message: 'not found' };
export const NOT_LEADER: WriteOutcome = { kind: 'notLeader' };
export const REFUSED: WriteOutcome = { kind: 'refused', code: 403, message: 'forbidden' };
export const OVER_BUDGET: WriteOutcome = {
  kind: 'refused',
  code: REFUSED_BY_BUDGET,
  message: 'Budget b allows nothing.',
};
export const THROTTLED: WriteOutcome = { kind: 'throttled', retryAfterMs: 5000, message: 'slow down' };

/** Answers as its script says, in order, then always `done`; keeps what it was asked. */
export class ScriptedWriter implements ClusterWriter {
  readonly requests: WriteRequest[] = [];
  readonly #script: WriteOutcome[];

  constructor(...script: readonly WriteOutcome[]) {
    this.#script = [...script];
  }

  write(request: WriteRequest): Promise<WriteOutcome> {
    this.requests.push(request);
    return Promise.resolve(this.#script.shift() ?? DONE);
  }
}

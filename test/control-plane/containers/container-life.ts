import type { ContainerPlan } from './read-container.ts';

/** What a container is in; times in milliseconds since the epoch. */
export type ContainerState =
  | { readonly kind: 'waiting'; readonly untilMs: number; readonly backOffSeconds: number }
  | { readonly kind: 'running'; readonly sinceMs: number; readonly end: ContainerEnd }
  | ContainerEnd;

/** How a container ended, or is going to. */
export type ContainerEnd = {
  readonly kind: 'ended';
  readonly sinceMs: number;
  readonly atMs: number;
  readonly exitCode: number;
  readonly reason: string;
};

// A kubelet's: the first restart comes at once, the next ones later and later.
const FIRST_BACK_OFF_SECONDS = 10;
const MOST_BACK_OFF_SECONDS = 300;

const KILLED = 137;
const TERMINATED = 143;

/** One container from its first start on. It does nothing until it is told what time it is. */
export class ContainerLife {
  readonly plan: ContainerPlan;
  state: ContainerState = { kind: 'waiting', untilMs: Infinity, backOffSeconds: 0 };
  /** How it ended the last time, once it was started again. */
  before: ContainerEnd | undefined;
  restarts = 0;
  readonly #unknownSeconds: number;
  readonly #restarts: (exitCode: number) => boolean;

  /** Commands that say nothing take so many seconds and end well. */
  constructor(plan: ContainerPlan, unknownSeconds: number, restarts: (exitCode: number) => boolean) {
    this.plan = plan;
    this.#unknownSeconds = unknownSeconds;
    this.#restarts = restarts;
  }

  /** Its end for good; undefined while it may still run. */
  get end(): ContainerEnd | undefined {
    return this.state.kind === 'ended' ? this.state : undefined;
  }

  get started(): boolean {
    return this.state.kind !== 'waiting' || this.before !== undefined;
  }

  /** When something happens to it next. */
  get nextMs(): number {
    if (this.state.kind === 'running') return this.state.end.atMs;
    return this.state.kind === 'waiting' ? this.state.untilMs : Infinity;
  }

  start(nowMs: number): void {
    this.state = { kind: 'running', sinceMs: nowMs, end: this.#endFrom(nowMs) };
  }

  /** Counts it as started and done well. */
  skip(nowMs: number): void {
    this.state = endOf(nowMs, nowMs, 0);
  }

  /** Brings it to the present. */
  advance(nowMs: number): void {
    while (this.nextMs <= nowMs) {
      if (this.state.kind === 'running') this.#finish(this.state.end);
      else this.#startAgain(this.nextMs);
    }
  }

  /** Tells it to go; after the seconds of grace it is killed. */
  terminate(nowMs: number, graceSeconds: number): void {
    if (this.state.kind === 'waiting') this.state = endOf(nowMs, nowMs, KILLED);
    if (this.state.kind !== 'running') return;
    const { sinceMs, end } = this.state;
    const told = this.#told(sinceMs, nowMs, graceSeconds);
    if (told.atMs < end.atMs) this.state = { kind: 'running', sinceMs, end: told };
  }

  #told(sinceMs: number, nowMs: number, graceSeconds: number): ContainerEnd {
    const { farewell = { seconds: 0, exitCode: TERMINATED }, preStopSeconds } = this.plan;
    const seconds = preStopSeconds + farewell.seconds;
    if (seconds < graceSeconds) return endOf(sinceMs, nowMs + seconds * 1_000, farewell.exitCode);
    return endOf(sinceMs, nowMs + graceSeconds * 1_000, KILLED);
  }

  #endFrom(nowMs: number): ContainerEnd {
    const { run } = this.plan;
    if (run.kind === 'runs-on') return endOf(nowMs, Infinity, 0);
    if (run.kind === 'unknown') return endOf(nowMs, nowMs + this.#unknownSeconds * 1_000, 0);
    return endOf(nowMs, nowMs + run.seconds * 1_000, run.exitCode, run.reason);
  }

  #finish(end: ContainerEnd): void {
    if (!this.#restarts(end.exitCode)) {
      this.state = end;
      return;
    }
    this.before = end;
    if (this.restarts === 0) this.#startAgain(end.atMs);
    else {
      const backOffSeconds = Math.min(FIRST_BACK_OFF_SECONDS * 2 ** (this.restarts - 1), MOST_BACK_OFF_SECONDS);
      this.state = { kind: 'waiting', untilMs: end.atMs + backOffSeconds * 1_000, backOffSeconds };
    }
  }

  #startAgain(nowMs: number): void {
    this.restarts += 1;
    this.start(nowMs);
  }
}

function endOf(sinceMs: number, atMs: number, exitCode: number, reason?: string): ContainerEnd {
  return { kind: 'ended', sinceMs, atMs, exitCode, reason: reason ?? (exitCode === 0 ? 'Completed' : 'Error') };
}

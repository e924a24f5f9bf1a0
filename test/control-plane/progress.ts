const HEARTBEAT_MS = 15_000;
const REDRAW_MS = 1_000;

/** Where progress goes: standard error, or a stand-in of a test. */
export type ProgressSink = {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
};

/** Progress of one long step: a line that redraws itself on a terminal, a heartbeat elsewhere. */
export class Progress {
  readonly #sink: ProgressSink;
  readonly #heartbeatMs: number;
  #timer: NodeJS.Timeout | undefined;
  #label = '';
  #detail = (): string => '';
  #startedAtMs = 0;

  constructor(sink: ProgressSink, heartbeatMs: number = sink.isTTY === true ? REDRAW_MS : HEARTBEAT_MS) {
    this.#sink = sink;
    this.#heartbeatMs = heartbeatMs;
  }

  /** One line that stays. */
  say(line: string): void {
    this.#sink.write(this.#isTTY() ? `\r\u001b[K${line}\n` : `${line}\n`);
  }

  /** Begins a step, ending the one before it; the detail is asked for whenever the line is shown. */
  begin(label: string, detail: () => string = () => ''): void {
    this.#stopTimer();
    this.#label = label;
    this.#detail = detail;
    this.#startedAtMs = Date.now();
    this.#show(this.#isTTY() ? this.#elapsed() : `${label} ...`);
    this.#timer = setInterval(() => this.#show(this.#elapsed()), this.#heartbeatMs);
    this.#timer.unref();
  }

  /** Ends the step that is under way. */
  end(outcome: string): void {
    if (this.#timer === undefined) return;
    this.#stopTimer();
    this.say(`${this.#elapsed()}, ${outcome}`);
  }

  #stopTimer(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #show(line: string): void {
    this.#sink.write(this.#isTTY() ? `\r\u001b[K${line}` : `${line}\n`);
  }

  #elapsed(): string {
    return `${this.#label}: ${Math.round((Date.now() - this.#startedAtMs) / 1000)} s${this.#detail()}`;
  }

  #isTTY(): boolean {
    return this.#sink.isTTY === true;
  }
}

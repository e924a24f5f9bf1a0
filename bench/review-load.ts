import { build } from 'hdr-histogram-js';
import type { Histogram } from 'hdr-histogram-js';
import { Worker } from 'node:worker_threads';
import { arrivalTimes } from './arrivals.ts';
import { sharedNowMs } from './clock.ts';
import type { Figures } from './figures.ts';
import { rounded } from './figures.ts';
import { ReviewConnection } from './review-connection.ts';
import { httpRequest, REVIEW_KINDS, REVIEW_TASKS, reviewBody } from './webhook-review.ts';
import type { LoadReport, LoadStart } from './webhook-link.ts';

/** Distinct requests of each kind and task; more would only warm more of the generator's cache. */
const VARIANTS = 32;
const START_DELAY_MS = 100;
/** After the last arrival, how long answers may still take before they count as errors. */
const PATIENCE_MS = 5000;

interface PreparedRequest {
  readonly bytes: Buffer;
  readonly expected: string;
  readonly kind: number;
}

interface Slot {
  readonly connection: ReviewConnection;
  /** When the request was meant to be sent; NaN while the connection is free. */
  intendedMs: number;
  request: PreparedRequest | undefined;
}

/**
 * An open-loop client: requests are due at times that were fixed beforehand, whether or not earlier ones were answered,
 * and a latency counts from the time that was meant. A server that stalls is charged for all that came meanwhile.
 */
export class ReviewLoad {
  readonly #start: LoadStart;
  readonly #tell: (report: LoadReport) => void;
  readonly #requests = prepareRequests();
  readonly #times: Float64Array;
  readonly #free: Slot[] = [];
  readonly #all = latencyHistogram();
  readonly #byKind = REVIEW_KINDS.map(latencyHistogram);
  readonly #sendLag = latencyHistogram();
  readonly #done = Promise.withResolvers<void>();
  #startMs = 0;
  #next = 0;
  #answered = 0;
  #errors = 0;
  #isMeasuring = false;
  #measuredFrom = 0;
  #firstError = '';

  constructor(start: LoadStart, tell: (report: LoadReport) => void) {
    this.#start = start;
    this.#tell = tell;
    const { pattern, ratePerSecond, warmUpMs, measureMs, seed } = start;
    this.#times = Float64Array.from(arrivalTimes(pattern, ratePerSecond, warmUpMs + measureMs, seed));
  }

  async run(): Promise<void> {
    const slots = await Promise.all(Array.from({ length: this.#start.connections }, () => this.#openSlot()));
    this.#free.push(...slots);
    this.#startMs = sharedNowMs() + START_DELAY_MS;
    const ticker = new Worker(new URL('./ticker-thread.ts', import.meta.url), {
      workerData: { startMs: this.#startMs, times: this.#times },
    });
    ticker.on('message', () => this.#sendDue());
    ticker.once('exit', () => setTimeout(() => this.#done.resolve(), PATIENCE_MS));
    await this.#done.promise;
    for (const slot of slots) slot.connection.close();
    this.#report();
  }

  async #openSlot(): Promise<Slot> {
    const connection = await ReviewConnection.open(this.#start.port, this.#start.bundlePem, {
      onAnswer: (status, body) => this.#onAnswer(slot, status, body),
      onBroken: (message) => this.#fail(message),
    });
    const slot: Slot = { connection, intendedMs: NaN, request: undefined };
    return slot;
  }

  #sendDue(): void {
    const elapsedMs = sharedNowMs() - this.#startMs;
    while (this.#next < this.#times.length && (this.#times[this.#next] ?? Infinity) <= elapsedMs) {
      const slot = this.#free.pop();
      if (slot === undefined) return;
      this.#send(slot, this.#times[this.#next] ?? NaN);
      this.#next += 1;
    }
  }

  #send(slot: Slot, atMs: number): void {
    if (atMs >= this.#start.warmUpMs && !this.#isMeasuring) this.#beginMeasuring();
    slot.intendedMs = this.#startMs + atMs;
    slot.request = this.#requests[this.#next % this.#requests.length];
    if (slot.request !== undefined) slot.connection.send(slot.request.bytes);
    if (this.#isMeasuring) record(this.#sendLag, sharedNowMs() - slot.intendedMs);
  }

  #beginMeasuring(): void {
    this.#isMeasuring = true;
    this.#measuredFrom = this.#next;
    this.#tell({ kind: 'measuring' });
  }

  #onAnswer(slot: Slot, status: number, body: string): void {
    const latencyMs = sharedNowMs() - slot.intendedMs;
    const { request } = slot;
    if (slot.intendedMs - this.#startMs >= this.#start.warmUpMs && request !== undefined) {
      record(this.#all, latencyMs);
      const histogram = this.#byKind[request.kind];
      if (histogram !== undefined) record(histogram, latencyMs);
    }
    if (status !== 200 || request === undefined || !isExpected(body, request))
      this.#fail(`${status} ${body.slice(0, 200)}`);
    slot.request = undefined;
    this.#free.push(slot);
    this.#answered += 1;
    if (this.#answered === this.#times.length) this.#done.resolve();
    else this.#sendDue();
  }

  #fail(message: string): void {
    this.#errors += 1;
    if (this.#firstError === '') this.#firstError = message;
  }

  #report(): void {
    const measured = this.#times.length - this.#measuredFrom;
    const unanswered = this.#times.length - this.#answered;
    const seconds = this.#start.measureMs / 1000;
    const kinds = this.#byKind.map((histogram, kind) => [`p99Of${REVIEW_KINDS[kind]}Ms`, at(histogram, 99)] as const);
    const figures: Figures = {
      p50Ms: at(this.#all, 50),
      p99Ms: at(this.#all, 99),
      p999Ms: at(this.#all, 99.9),
      maxMs: rounded(this.#all.maxValue / 1000, 2),
      ...Object.fromEntries(kinds),
      reviewsPerSecond: Math.round((measured - unanswered) / seconds),
      errors: this.#errors + unanswered,
      ...(this.#firstError === '' ? {} : { firstError: this.#firstError }),
      generatorSendLagP99Ms: at(this.#sendLag, 99),
      generatorSendLagMaxMs: rounded(this.#sendLag.maxValue / 1000, 2),
    };
    this.#tell({ kind: 'done', figures, reviews: measured });
  }
}

function isExpected(body: string, request: PreparedRequest): boolean {
  return body.includes(request.expected) && body.includes('"allowed":true');
}

/** Microseconds, three digits exact. */
function latencyHistogram(): Histogram {
  return build({ bitBucketSize: 32, numberOfSignificantValueDigits: 3, highestTrackableValue: 60_000_000 });
}

function record(histogram: Histogram, ms: number): void {
  histogram.recordValue(Math.max(1, Math.round(ms * 1000)));
}

function at(histogram: Histogram, percentile: number): number {
  return rounded(histogram.getValueAtPercentile(percentile) / 1000, 2);
}

function prepareRequests(): readonly PreparedRequest[] {
  const prepared: PreparedRequest[] = [];
  for (let variant = 0; variant < VARIANTS; variant += 1) {
    for (const [kind, name] of REVIEW_KINDS.entries()) {
      for (const task of REVIEW_TASKS) {
        const body = reviewBody(name, task, prepared.length);
        const uid = /"uid":"([^"]+)"/.exec(body)?.[1] ?? '';
        prepared.push({ bytes: httpRequest(body), expected: `"uid":"${uid}"`, kind });
      }
    }
  }
  return prepared;
}

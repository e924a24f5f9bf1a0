import { amountsText, formatAmounts } from '../../../api/amounts.ts';
import { QUEUE_CONDITIONS } from '../../../api/queue-conditions.ts';
import type { QueueRecord } from '../../../api/records/queue-record.ts';
import { QUEUES } from '../../../api/resources.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { QueueStatusDecision } from '../../../scheduler/session/decision.ts';
import type { Clock, ClusterWriter } from '../../ports.ts';

/** What a queue holds moves with every pod; it is written at most this often. */
const DELAY_MS = 2000;

export interface QueueStatusWriterOptions {
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly queue: (name: string) => QueueRecord | undefined;
}

/** Writes what queues hold, what is wrong with their limits, and what they have held, into their status; on change only. */
export class QueueStatusWriter {
  readonly #options: QueueStatusWriterOptions;
  readonly #wanted = new Map<string, QueueStatusDecision>();
  #cancelTimer: (() => void) | undefined;

  constructor(options: QueueStatusWriterOptions) {
    this.#options = options;
  }

  want(status: QueueStatusDecision): void {
    this.#wanted.set(status.queue, status);
    this.#arm();
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#wanted.clear();
  }

  #arm(): void {
    this.#cancelTimer ??= this.#options.clock.after(DELAY_MS, () => {
      this.#cancelTimer = undefined;
      for (const status of this.#wanted.values()) void this.#write(status);
      this.#wanted.clear();
    });
  }

  async #write(status: QueueStatusDecision): Promise<void> {
    const name = status.queue;
    const record = this.#options.queue(name);
    if (record === undefined) return;
    const changes = {
      ...allocatedChange(record, status),
      ...conditionsChange(record, status, this.#options.clock.nowMs()),
      ...usageChange(record, status),
    };
    if (Object.keys(changes).length === 0) return;
    const outcome = await this.#options.writer.write({
      verb: 'mergePatch',
      type: QUEUES,
      namespace: '',
      name,
      subresource: 'status',
      lane: 'status',
      body: { metadata: { uid: record.uid }, status: changes },
    });
    const isLost = outcome.kind === 'unknown' || outcome.kind === 'throttled';
    if (isLost && !this.#wanted.has(name)) this.want(status);
  }
}

function allocatedChange(record: QueueRecord, { allocated }: QueueStatusDecision): JsonObject {
  if (record.allocatedText === amountsText(allocated)) return {};
  // A merge patch keeps what it does not name: resources that are held no more are named with null.
  const body: Record<string, string | null> = { ...formatAmounts(allocated) };
  for (const known of writtenNames(record)) if (!allocated.has(known)) body[known] = null;
  return { allocated: body };
}

/** Of another time than the one that stands there. */
function usageChange(record: QueueRecord, { usage }: QueueStatusDecision): JsonObject {
  if (usage === undefined || usage.atMs === record.usage?.atMs) return {};
  return { usage: { mean: usage.mean.toPrecision(12), time: new Date(usage.atMs).toISOString() } };
}

/** The text is empty as long as the queue has no status that could be read. */
function writtenNames(queue: QueueRecord): string[] {
  return queue.allocatedText === '' ? [] : Object.keys(JSON.parse(queue.allocatedText) as object);
}

/** A merge patch replaces a list as a whole: conditions of other types go along as they are. */
function conditionsChange(record: QueueRecord, { conditions: wanted }: QueueStatusDecision, nowMs: number): JsonObject {
  const known = record.conditions.filter(({ type }) => QUEUE_CONDITIONS.includes(type));
  const isSame =
    known.length === wanted.length &&
    wanted.every(({ type, reason, message }) =>
      known.some((each) => each.type === type && each.reason === reason && each.message === message),
    );
  if (isSame) return {};
  const now = new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const since = new Map(known.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]));
  const others = record.conditions.filter(({ type }) => !QUEUE_CONDITIONS.includes(type));
  const own = wanted.map((each) => ({ ...each, lastTransitionTime: since.get(each.type) ?? now }));
  return { conditions: [...others, ...own].map((each) => ({ ...each })) };
}

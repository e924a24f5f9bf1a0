import { amountsText, formatAmounts } from '../../api/amounts.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';
import { QUEUES } from '../../api/resources.ts';
import type { Clock, ClusterWriter } from '../ports.ts';

/** What a queue holds moves with every pod; it is written at most this often. */
const DELAY_MS = 2000;

export interface QueueStatusWriterOptions {
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly queue: (name: string) => QueueRecord | undefined;
}

/** Writes `status.allocated` of queues, on change only. */
export class QueueStatusWriter {
  readonly #options: QueueStatusWriterOptions;
  readonly #wanted = new Map<string, ResourceAmounts>();
  #cancelTimer: (() => void) | undefined;

  constructor(options: QueueStatusWriterOptions) {
    this.#options = options;
  }

  want(queue: string, allocated: ResourceAmounts): void {
    this.#wanted.set(queue, allocated);
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
      for (const [name, allocated] of this.#wanted) void this.#write(name, allocated);
      this.#wanted.clear();
    });
  }

  async #write(name: string, allocated: ResourceAmounts): Promise<void> {
    const record = this.#options.queue(name);
    if (record === undefined || record.allocatedText === amountsText(allocated)) return;
    // A merge patch keeps what it does not name: resources that are held no more are named with null.
    const body: Record<string, string | null> = { ...formatAmounts(allocated) };
    for (const known of writtenNames(record)) if (!allocated.has(known)) body[known] = null;
    const outcome = await this.#options.writer.write({
      verb: 'mergePatch',
      type: QUEUES,
      namespace: '',
      name,
      subresource: 'status',
      lane: 'status',
      body: { metadata: { uid: record.uid }, status: { allocated: body } },
    });
    const isLost = outcome.kind === 'unknown' || outcome.kind === 'throttled';
    if (isLost && !this.#wanted.has(name)) this.want(name, allocated);
  }
}

/** The text is empty as long as the queue has no status that could be read. */
function writtenNames(queue: QueueRecord): string[] {
  return queue.allocatedText === '' ? [] : Object.keys(JSON.parse(queue.allocatedText) as object);
}

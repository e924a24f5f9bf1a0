import type { NodeUsage } from '../../api/records/node-usage.ts';
import type { MetricsSource } from '../../config/metrics-source.ts';
import type { Clock, Logger, Metrics } from '../ports.ts';

/** What one question to a source brought; nothing is thrown. */
export type UsageReading =
  | { readonly kind: 'usage'; readonly byNode: ReadonlyMap<string, NodeUsage> }
  | { readonly kind: 'failed'; readonly why: string };

/** Asks the source once, within a bounded time. */
export type UsageReader = (source: MetricsSource) => Promise<UsageReading>;

export interface UsageFeedOptions {
  readonly read: UsageReader;
  readonly apply: (byNode: ReadonlyMap<string, NodeUsage>) => void;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/**
 * Asks where the configuration says how busy nodes are, again and again while this process leads. Nobody waits for it: of a
 * source that fails it is told once, and what it said before becomes too old by itself.
 */
export class UsageFeed {
  readonly #options: UsageFeedOptions;
  #source: MetricsSource | undefined;
  #isLeading = false;
  #cancel: (() => void) | undefined;
  /** Answers to questions of before are not for now. */
  #round = 0;
  #told: UsageReading['kind'] | undefined;

  constructor(options: UsageFeedOptions, source: MetricsSource | undefined) {
    this.#options = options;
    this.#source = source;
  }

  /** From now on another source is asked, or none. */
  setSource(source: MetricsSource | undefined): void {
    if (JSON.stringify(source) === JSON.stringify(this.#source)) return;
    this.#source = source;
    this.#restart();
  }

  start(): void {
    this.#isLeading = true;
    this.#restart();
  }

  stop(): void {
    this.#isLeading = false;
    this.#restart();
  }

  #restart(): void {
    this.#round += 1;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#told = undefined;
    if (this.#isLeading && this.#source !== undefined) void this.#ask(this.#source, this.#round);
  }

  async #ask(source: MetricsSource, round: number): Promise<void> {
    const reading = await this.#options.read(source);
    if (round !== this.#round) return;
    this.#tell(source, reading);
    if (reading.kind === 'usage') this.#options.apply(reading.byNode);
    this.#cancel = this.#options.clock.after(source.intervalMs, () => void this.#ask(source, round));
  }

  #tell({ address }: MetricsSource, reading: UsageReading): void {
    const { metrics, log } = this.#options;
    metrics.count('sluice_node_usage_readings_total', { result: reading.kind });
    const isNews = this.#told !== reading.kind;
    this.#told = reading.kind;
    if (!isNews) return;
    if (reading.kind === 'usage') log.info('usage of nodes is read', { address, nodes: reading.byNode.size });
    else log.warn('the usage of nodes cannot be read: it is left out of account', { address, why: reading.why });
  }
}

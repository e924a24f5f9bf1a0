import { AggregatorRegistry, collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Logger, Metrics } from '../engine/ports.ts';
import { InvariantError } from '../lib/exhaustive.ts';
import { METRIC_TABLE } from './metric-table.ts';
import type { MetricRow } from './metric-table.ts';

/** Values of one thread at one moment; plain data, so it can be posted to the main thread. */
export type MetricsSnapshot = object[];

/** The metrics of one thread. */
export interface ThreadMetrics extends Metrics {
  snapshot(): Promise<MetricsSnapshot>;
}

/** How to keep the metrics of one thread. */
export interface MetricsOptions {
  readonly log: Logger;
  /** True in tests: a metric or label that is not in the table throws; else it is logged once. */
  readonly strict: boolean;
  /** True in the main thread: CPU, memory and event loop of the process too, and what is 0 from the start. */
  readonly withProcess?: boolean;
  readonly table?: readonly MetricRow[];
}

/** Creates the registry of one thread. */
export function createMetrics(options: MetricsOptions): ThreadMetrics {
  return new PrometheusMetrics(options);
}

/** The text that Prometheus scrapes, from the snapshots of all threads. */
export function mergeSnapshots(snapshots: readonly MetricsSnapshot[]): Promise<string> {
  return AggregatorRegistry.aggregate([...snapshots]).metrics();
}

type Instrument =
  | { readonly kind: 'counter'; readonly metric: Counter }
  | { readonly kind: 'gauge'; readonly metric: Gauge }
  | { readonly kind: 'histogram'; readonly metric: Histogram };

class PrometheusMetrics implements ThreadMetrics {
  readonly #options: MetricsOptions;
  readonly #registry = new Registry();
  readonly #rows: ReadonlyMap<string, MetricRow>;
  /** Made on first use, so that a thread shows only what it measures. */
  readonly #instruments = new Map<string, Instrument>();
  readonly #complained = new Set<string>();

  constructor(options: MetricsOptions) {
    this.#options = options;
    this.#rows = new Map((options.table ?? METRIC_TABLE).map((row) => [row.name, row]));
    if (options.withProcess === true) this.#tellProcess();
  }

  count(name: string, labels: Readonly<Record<string, string>>, by = 1): void {
    const instrument = this.#instrument(name, 'counter');
    if (instrument?.kind === 'counter') this.#guard(name, () => instrument.metric.inc(labels, by));
  }

  gauge(name: string, labels: Readonly<Record<string, string>>, value: number): void {
    const instrument = this.#instrument(name, 'gauge');
    if (instrument?.kind === 'gauge') this.#guard(name, () => instrument.metric.set(labels, value));
  }

  observe(name: string, labels: Readonly<Record<string, string>>, value: number): void {
    const instrument = this.#instrument(name, 'histogram');
    if (instrument?.kind === 'histogram') this.#guard(name, () => instrument.metric.observe(labels, value));
  }

  drop(label: string, value: string): void {
    for (const [name, instrument] of this.#instruments) {
      const hasLabel = this.#rows.get(name)?.labels.includes(label) === true;
      if (instrument.kind === 'gauge' && hasLabel) void dropSeries(instrument.metric, label, value);
    }
  }

  async snapshot(): Promise<MetricsSnapshot> {
    // A structured clone refuses functions, and prom-client leaves some in.
    return JSON.parse(JSON.stringify(await this.#registry.getMetricsAsJSON())) as MetricsSnapshot;
  }

  #tellProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
    for (const { name, fromZero = [] } of this.#rows.values())
      for (const labels of fromZero) this.count(name, labels, 0);
  }

  #instrument(name: string, kind: Instrument['kind']): Instrument | undefined {
    const known = this.#instruments.get(name);
    if (known?.kind === kind) return known;
    const row = this.#rows.get(name);
    if (row === undefined || row.kind !== kind) {
      this.#complain(name, row === undefined ? 'it is not in the table' : `it is a ${row.kind}, not a ${kind}`);
      return undefined;
    }
    const made = makeInstrument(row, this.#registry);
    this.#instruments.set(name, made);
    return made;
  }

  /** prom-client throws for labels that were not announced and for values that are not numbers. */
  #guard(name: string, record: () => void): void {
    try {
      record();
    } catch (error) {
      this.#complain(name, String(error));
    }
  }

  #complain(name: string, problem: string): void {
    if (this.#options.strict) throw new InvariantError(`Cannot record the metric ${name}: ${problem}`);
    if (this.#complained.has(name)) return;
    this.#complained.add(name);
    this.#options.log.error('metric cannot be recorded', { name, problem });
  }
}

async function dropSeries(gauge: Gauge, label: string, value: string): Promise<void> {
  const { values } = await gauge.get();
  for (const { labels } of values) if (labels[label] === value) gauge.remove(labels);
}

function makeInstrument(row: MetricRow, registry: Registry): Instrument {
  const common = { name: row.name, help: row.help, labelNames: [...row.labels], registers: [registry] };
  switch (row.kind) {
    case 'counter':
      return { kind: 'counter', metric: new Counter(common) };
    case 'gauge':
      return { kind: 'gauge', metric: new Gauge({ ...common, aggregator: row.merge ?? 'sum' }) };
    case 'histogram':
      return { kind: 'histogram', metric: new Histogram({ ...common, buckets: [...(row.buckets ?? [])] }) };
  }
}

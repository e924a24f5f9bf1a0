import { METRIC_TABLE } from '../../src/adapters/metric-table.ts';
import type { Metrics } from '../../src/engine/ports.ts';

/** Keeps what was recorded; a metric or label that the table does not have throws. */
export class RecordingMetrics implements Metrics {
  readonly #values = new Map<string, number>();
  readonly #rows = new Map(METRIC_TABLE.map((row) => [row.name, row]));

  count(name: string, labels: Readonly<Record<string, string>>, by = 1): void {
    this.#check(name, 'counter', labels);
    this.#values.set(keyOf(name, labels), this.value(name, labels) + by);
  }

  gauge(name: string, labels: Readonly<Record<string, string>>, value: number): void {
    this.#check(name, 'gauge', labels);
    this.#values.set(keyOf(name, labels), value);
  }

  observe(name: string, labels: Readonly<Record<string, string>>): void {
    this.#check(name, 'histogram', labels);
    this.#values.set(keyOf(name, labels), this.value(name, labels) + 1);
  }

  drop(label: string, value: string): void {
    for (const key of this.#values.keys()) {
      const labels = key.slice(key.indexOf('{') + 1, -1).split(',');
      if (labels.includes(`${label}=${value}`)) this.#values.delete(key);
    }
  }

  /** Sum of a counter, last value of a gauge, observations of a histogram; 0 when never recorded. */
  value(name: string, labels: Readonly<Record<string, string>>): number {
    return this.#values.get(keyOf(name, labels)) ?? 0;
  }

  /** The labels of each series of the metric. */
  series(name: string): string[] {
    const start = `${name}{`;
    return [...this.#values.keys()].filter((key) => key.startsWith(start)).map((key) => key.slice(start.length, -1));
  }

  #check(name: string, kind: string, labels: Readonly<Record<string, string>>): void {
    const row = this.#rows.get(name);
    if (row?.kind !== kind) throw new Error(`${name} is not a ${kind} of the table`);
    const wanted = row.labels.toSorted().join();
    const given = Object.keys(labels).toSorted().join();
    if (wanted !== given) throw new Error(`${name} has the labels ${wanted}, not ${given}`);
  }
}

function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return `${name}{${parts.toSorted().join()}}`;
}

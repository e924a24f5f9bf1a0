import type { DatasetRecord } from '../../api/records/dataset-record.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { nearness, nearnessFacts } from './nearness.ts';

interface Column {
  readonly dataset: DatasetRecord;
  readonly featuresVersion: number;
  readonly facts: string;
  readonly values: Float64Array;
}

const NO_VALUES = new Float64Array(0);

/** How near nodes are to datasets that somebody asks about; counted anew when the dataset, its volume or nodes changed. */
export class DatasetColumns {
  readonly #snapshot: Snapshot;
  readonly #columns = new Map<string, Column>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** By node, 0 to 100; empty for a dataset that does not exist. */
  of(key: string): Float64Array {
    const { datasets, featuresVersion } = this.#snapshot;
    const dataset = datasets.get(key);
    if (dataset === undefined) {
      this.#columns.delete(key);
      return NO_VALUES;
    }
    const known = this.#columns.get(key);
    const facts = nearnessFacts(this.#snapshot, dataset);
    if (known?.dataset === dataset && known.featuresVersion === featuresVersion && known.facts === facts)
      return known.values;
    const values = nearness(this.#snapshot, dataset);
    this.#columns.set(key, { dataset, featuresVersion, facts, values });
    return values;
  }
}

import type { DatasetRecord } from '../../api/records/dataset-record.ts';

/** Where data lies, as caches say it. */
export class Datasets {
  readonly #byKey = new Map<string, DatasetRecord>();
  /** Grows with every change. */
  version = 0;

  get(key: string): DatasetRecord | undefined {
    return this.#byKey.get(key);
  }

  upsert(record: DatasetRecord): void {
    this.#byKey.set(record.key, record);
    this.version += 1;
  }

  remove(key: string): void {
    if (this.#byKey.delete(key)) this.version += 1;
  }
}

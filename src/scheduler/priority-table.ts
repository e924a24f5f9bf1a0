import type { PriorityClassRecord } from '../api/records/priority-class-record.ts';

/** Priority classes by name, with the global default. */
export class PriorityTable {
  readonly #classes = new Map<string, PriorityClassRecord>();

  set(record: PriorityClassRecord): void {
    this.#classes.set(record.name, record);
  }

  remove(name: string): void {
    this.#classes.delete(name);
  }

  /** Value of the class; an unnamed or unknown one counts as the global default, else 0. */
  valueOf(name: string): number {
    const named = this.#classes.get(name);
    if (named !== undefined) return named.value;
    for (const record of this.#classes.values()) if (record.isGlobalDefault) return record.value;
    return 0;
  }
}

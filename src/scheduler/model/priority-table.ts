import type { PriorityClassRecord } from '../../api/records/priority-class-record.ts';

/** Priorities are 32 bits wide. */
export const LOWEST_PRIORITY = -(2 ** 31);

/** Priority classes by name, with the global default. */
export class PriorityTable {
  readonly #classes = new Map<string, PriorityClassRecord>();

  set(record: PriorityClassRecord): void {
    this.#classes.set(record.name, record);
  }

  remove(name: string): void {
    this.#classes.delete(name);
  }

  /** Value of the class; an unnamed or unknown one counts as the global default (of several the lowest, as in Kubernetes), else 0. */
  valueOf(name: string): number {
    const named = this.#classes.get(name);
    if (named !== undefined) return named.value;
    let lowest: number | undefined;
    for (const { isGlobalDefault, value } of this.#classes.values()) {
      if (isGlobalDefault && (lowest === undefined || value < lowest)) lowest = value;
    }
    return lowest ?? 0;
  }
}

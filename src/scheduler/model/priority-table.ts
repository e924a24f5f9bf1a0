import type { PriorityClassRecord } from '../../api/records/priority-class-record.ts';

/** Priorities are 32 bits wide. */
export const LOWEST_PRIORITY = -(2 ** 31);

/** What a priority class says of work. */
export type Priority = Pick<PriorityClassRecord, 'value' | 'isPatient'>;

const NO_CLASS: Priority = { value: 0, isPatient: false };

/** Priority classes by name, with the global default. */
export class PriorityTable {
  readonly #classes = new Map<string, PriorityClassRecord>();

  set(record: PriorityClassRecord): void {
    this.#classes.set(record.name, record);
  }

  remove(name: string): void {
    this.#classes.delete(name);
  }

  /** The class; an unnamed or unknown one counts as the global default (of several the lowest, as in Kubernetes), else as 0. */
  of(name: string): Priority {
    const named = this.#classes.get(name);
    if (named !== undefined) return named;
    let lowest: PriorityClassRecord | undefined;
    for (const each of this.#classes.values()) {
      if (each.isGlobalDefault && (lowest === undefined || each.value < lowest.value)) lowest = each;
    }
    return lowest ?? NO_CLASS;
  }
}

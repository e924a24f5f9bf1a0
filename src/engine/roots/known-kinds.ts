import type { WorkloadKindRecord } from '../../api/records/workload-kind-record.ts';
import { WATCHED_WORKLOAD_KINDS } from '../../api/watched-kinds.ts';
import type { WorkloadKindSpec } from '../../api/kinds/workload-kind.ts';
import { Mirror } from '../mirror.ts';
import type { Change } from '../ports.ts';

/** The workload kinds that are known: those that Sluice brings, and those of manifests, which come before one of the same name. */
export class KnownKinds {
  readonly #builtIn: readonly WorkloadKindSpec[];
  readonly #manifests = new Mirror<WorkloadKindRecord>(WATCHED_WORKLOAD_KINDS.keyOf);

  constructor(builtIn: readonly WorkloadKindSpec[]) {
    this.#builtIn = builtIn;
  }

  /** The manifests were listed once. */
  get isListed(): boolean {
    return this.#manifests.isListed;
  }

  /** Takes what the watch of the manifests shows. */
  apply(changes: readonly Change<WorkloadKindRecord>[]): void {
    this.#manifests.apply(changes, () => undefined);
  }

  /** Those of Sluice first, then the others by name. */
  all(): readonly WorkloadKindSpec[] {
    const manifests = [...this.#manifests.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const names = new Set(manifests.map(({ name }) => name));
    const kept = this.#builtIn.filter(({ resource, group }) => !names.has(`${resource}.${group}`));
    return [...kept, ...manifests.map(({ spec }) => spec)];
  }
}

import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import { pickRoot } from '../../controllers/pod-group/plan-root.ts';
import type { PlanRoot } from '../../controllers/pod-group/plan-root.ts';

/** Everything seen under one group name: the PodGroup, the roots that plan it, and the pods that name it. */
export interface GroupEntry {
  group: PodGroupRecord | undefined;
  /** By UID of the root. */
  readonly roots: Map<string, PlanRoot>;
  /** One of them is an object of a workload kind, of whose pods only their own records tell the priority. */
  hasObjectRoot: boolean;
  /** By name of the pod: all are of one namespace. */
  readonly members: Map<string, PodRecord>;
  /** Roles whose pods decide when the next stage opens; empty when no stage question is open. */
  gatingTasks: ReadonlySet<string>;
}

/** Entries by `namespace/name`, made on first use and dropped when nothing is left under the name. */
export class ControllerGroupEntries {
  readonly #entries = new Map<string, GroupEntry>();

  get(key: string): GroupEntry | undefined {
    return this.#entries.get(key);
  }

  keys(): IterableIterator<string> {
    return this.#entries.keys();
  }

  /** Changes the entry of a key. */
  update(key: string, change: (entry: GroupEntry) => void): GroupEntry {
    const entry = this.#entries.get(key) ?? newEntry();
    change(entry);
    if (isEmpty(entry)) this.#entries.delete(key);
    else this.#entries.set(key, entry);
    return entry;
  }
}

/**
 * The roots to reconcile: the one that speaks for the group, and once the group stands the others that are no pods,
 * since each of those has to be told that the name is taken.
 */
export function rootsOf(entry: GroupEntry): readonly PlanRoot[] {
  const first = pickRoot(entry.roots.values(), entry.group?.owner?.uid ?? '');
  if (first === undefined) return [];
  if (entry.group === undefined || entry.roots.size === 1) return [first];
  return [first, ...[...entry.roots.values()].filter((root) => root !== first && root.kind !== 'pod')];
}

const NO_TASKS: ReadonlySet<string> = new Set();

function newEntry(): GroupEntry {
  return { group: undefined, roots: new Map(), hasObjectRoot: false, members: new Map(), gatingTasks: NO_TASKS };
}

function isEmpty(entry: GroupEntry): boolean {
  return entry.group === undefined && entry.roots.size === 0 && entry.members.size === 0;
}

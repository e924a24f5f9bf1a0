import type { Framework } from '../framework/framework.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import { PODS_IX } from '../model/resource-table.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { NodePicker } from '../placement/node-picker.ts';
import type { Session } from '../session/session.ts';
import { quantities, quantity } from './amounts.ts';
import type { FreeRoom, PodFit } from './explanation.ts';
import type { PendingKind } from './pending-kinds.ts';

/** What nodes say to pods that are alike: by the same filters and columns as a placement. O(nodes x resources). */
export function podFit(session: Session, job: Job, { task, count }: PendingKind): PodFit {
  const { framework, snapshot } = session;
  const taskClass = task.class;
  const picker = framework.picker(task);
  const room = new FreePlaces(session, job, taskClass, picker);
  const fitNow = Math.min(count, room.places);
  const needed = Math.min(count, Math.max(1, job.missing()));
  return {
    task: task.group?.name ?? '',
    count,
    asks: quantities(taskClass, snapshot.resources),
    fitNow,
    // What a plugin says of no node at all, busy or not, is beyond what amounts tell.
    fitEmpty: framework.explain(task).code === 'NeverFits' ? 0 : framework.capacity(taskClass, count),
    ...(picker.mindsWhoGoes ? { isUpperBound: true } : {}),
    isFragmented: fitNow < needed && room.isEnoughFor(needed),
    free: room.told(),
    nodes: snapshot.nodes.count,
    refusedBy: refusedBy(framework, task),
  };
}

function refusedBy(framework: Framework, task: PendingKind['task']): Readonly<Record<string, number>> {
  const counted = [...framework.nodeReasons(task)].filter(([, nodes]) => nodes > 0);
  return Object.fromEntries(counted.toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}

/** What is free for a class, in sum and node by node; without the room that is kept for another group. */
class FreePlaces {
  /** Tasks of the class that find a place now; each node by itself. */
  places = 0;
  readonly #class: TaskClass;
  readonly #snapshot: Snapshot;
  readonly #usable: Float64Array;
  readonly #largest: Float64Array;
  readonly #all: Float64Array;

  constructor({ snapshot }: Session, job: Job, taskClass: TaskClass, picker: NodePicker) {
    const { resources } = taskClass;
    this.#class = taskClass;
    this.#snapshot = snapshot;
    this.#usable = new Float64Array(resources.length);
    this.#largest = new Float64Array(resources.length);
    this.#all = new Float64Array(resources.length);
    const kept = keptForOthers(snapshot, job);
    for (let node = 0; node < snapshot.nodes.count; node += 1) {
      this.#add(node, picker, kept.get(snapshot.nodes.records[node]?.name ?? ''));
    }
  }

  #add(node: number, picker: NodePicker, kept: readonly TaskClass[] = []): void {
    const { resources, amounts, shape } = this.#class;
    const isUsable = picker.allows(node);
    let places = this.#snapshot.minded.mostOnOneNode(shape);
    for (let i = 0; i < resources.length; i += 1) {
      const r = resources[i] ?? 0;
      let free = this.#snapshot.nodes.available[r]?.[node] ?? 0;
      for (const taskClass of kept) free -= taskClass.amountOf(r);
      places = Math.min(places, Math.floor(free / (amounts[i] ?? 1)));
      free = Math.max(0, free);
      this.#all[i] = (this.#all[i] ?? 0) + free;
      if (!isUsable) continue;
      this.#usable[i] = (this.#usable[i] ?? 0) + free;
      this.#largest[i] = Math.max(this.#largest[i] ?? 0, free);
    }
    if (places > 0 && picker.takes(node)) this.places += places;
  }

  isEnoughFor(tasks: number): boolean {
    return this.#class.amounts.every((amount, i) => (this.#usable[i] ?? 0) >= amount * tasks);
  }

  told(): readonly FreeRoom[] {
    return [...this.#class.resources].flatMap((r, i) => {
      if (r === PODS_IX && !this.#class.isBestEffort) return [];
      const resource = this.#snapshot.resources.name(r);
      const [inCluster = '', onUsable = '', onOneNode = ''] = [this.#all, this.#usable, this.#largest].map((column) =>
        quantity(resource, column[i] ?? 0),
      );
      const pods = Math.floor((this.#usable[i] ?? 0) / (this.#class.amounts[i] ?? 1));
      return [{ resource, inCluster, onUsable, onOneNode, pods }];
    });
  }
}

function keptForOthers({ reservation }: Snapshot, job: Job): ReadonlyMap<string, readonly TaskClass[]> {
  const byNode = new Map<string, TaskClass[]>();
  if (reservation.job === undefined || reservation.job === job) return byNode;
  for (const [task, node] of reservation.places) byNode.set(node, [...(byNode.get(node) ?? []), task.class]);
  return byNode;
}

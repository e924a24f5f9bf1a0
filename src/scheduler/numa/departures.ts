import type { NumatopologyRecord } from '../../api/records/numa-records.ts';
import { sumOf } from './later-room.ts';
import type { Occupant } from './later-room.ts';
import { wholeOf } from './zone-holdings.ts';

interface Left {
  /** Of all who have left since the publication, in milli. */
  cpus: number;
  /** Those of them that it counts still. */
  readonly counted: readonly Occupant[];
}

/** Pods that have left their nodes, which what these publish may count still. */
export class Departures {
  readonly #byNode = new Map<string, Left>();

  /** No more of them are counted than what was published as in use allows for. */
  add(topology: NumatopologyRecord, occupant: Occupant): void {
    const { cpus, counted } = this.#byNode.get(topology.name) ?? { cpus: 0, counted: [] };
    const own = wholeOf(occupant.numa).get('cpu') ?? 0;
    const isCounted =
      topology.holders === undefined ? own > 0 && cpus + own <= usedCpus(topology) : isNamed(topology, occupant);
    this.#byNode.set(topology.name, { cpus: cpus + own, counted: isCounted ? [...counted, occupant] : counted });
  }

  /** What is published now counts nobody more who has left, unless it says so. */
  published(topology: NumatopologyRecord): void {
    const counted = this.countedOn(topology.name).filter((occupant) => isNamed(topology, occupant));
    if (counted.length === 0) this.#byNode.delete(topology.name);
    else this.#byNode.set(topology.name, { cpus: 0, counted });
  }

  forget(node: string): void {
    this.#byNode.delete(node);
  }

  /** Names of the nodes that count somebody still. */
  *nodes(): Iterable<string> {
    for (const [node, { counted }] of this.#byNode) if (counted.length > 0) yield node;
  }

  cpus(node: string): number {
    return this.#byNode.get(node)?.cpus ?? 0;
  }

  countedOn(node: string): readonly Occupant[] {
    return this.#byNode.get(node)?.counted ?? [];
  }
}

/** CPUs that somebody has for himself, in milli. */
export function usedCpus({ amounts }: NumatopologyRecord): number {
  const cpus = amounts.get('cpu');
  return cpus === undefined ? 0 : sumOf(cpus.assignable) - sumOf(cpus.free);
}

function isNamed({ holders }: NumatopologyRecord, { uid, key }: Occupant): boolean {
  return holders?.has(uid) === true || holders?.has(key) === true;
}

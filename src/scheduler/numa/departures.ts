import type { NumatopologyRecord } from '../../api/records/numa-records.ts';
import { sumOf } from './later-room.ts';
import type { Occupant } from './later-room.ts';
import { wholeOf } from './zone-holdings.ts';

/** Pods that have left their nodes, which what these publish may count still. */
export class Departures {
  readonly #byNode = new Map<string, Occupant[]>();

  add(node: string, occupant: Occupant): void {
    const all = this.#byNode.get(node);
    if (all === undefined) this.#byNode.set(node, [occupant]);
    else all.push(occupant);
  }

  /** What is published counts nobody more who has left, unless it says so. */
  published({ name, holders }: NumatopologyRecord): void {
    const left = this.#byNode
      .get(name)
      ?.filter(({ uid, key }) => holders?.has(uid) === true || holders?.has(key) === true);
    if (left === undefined || left.length === 0) this.#byNode.delete(name);
    else this.#byNode.set(name, left);
  }

  forget(node: string): void {
    this.#byNode.delete(node);
  }

  nodes(): Iterable<string> {
    return this.#byNode.keys();
  }

  /** In milli. */
  cpus(node: string): number {
    return sumOf((this.#byNode.get(node) ?? []).map(cpusOf));
  }

  /** Those that are a part of what is published as in use: the first ones, as far as that goes. */
  countedBy({ name, amounts, holders }: NumatopologyRecord): readonly Occupant[] {
    const all = this.#byNode.get(name) ?? [];
    if (holders !== undefined) return all.filter(({ uid, key }) => holders.has(uid) || holders.has(key));
    const cpu = amounts.get('cpu');
    let used = cpu === undefined ? 0 : sumOf(cpu.assignable) - sumOf(cpu.free);
    return all.filter((occupant) => (used -= cpusOf(occupant)) >= 0);
  }
}

function cpusOf({ numa }: Occupant): number {
  return wholeOf(numa).get('cpu') ?? 0;
}

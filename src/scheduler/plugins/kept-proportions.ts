import type { PluginArguments } from '../../config/policy.ts';
import { listArgument, numberArgument, switchArgument } from '../framework/plugin.ts';
import type { PlacementContext } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { CPU_IX, MEMORY_IX } from '../model/resource-table.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { Task } from '../model/task.ts';

const MILLI = 1000;
/** Volcano's ratio of memory is in units of 10^9 bytes; memory is counted in KiB. */
const KIB_OF_GB = 1e9 / 1024;

/** What a node keeps for each of its free cards of a kind. */
interface Kept {
  readonly card: number;
  /** Milli-CPU and KiB. */
  readonly cpu: number;
  readonly memory: number;
}

/** Where the arguments stand that say so: a list of cards, and before `<card>.cpu` and `<card>.memory`. */
export interface ProportionKeys {
  readonly enable: string;
  readonly cards: string;
  readonly ratios: string;
}

/**
 * CPU and memory that nodes keep for their free cards, so that cards are not left without: pods that ask for none of the cards leave
 * so much (Volcano's rule). On nodes with such cards they wait for no CPU or memory that others hold, and nobody goes for them: cards
 * that become free by that would need it.
 */
export class KeptProportions {
  readonly #snapshot: Snapshot;
  readonly #kept: readonly Kept[];
  readonly #contexts = new WeakMap<TaskClass, PlacementContext>();

  private constructor(snapshot: Snapshot, kept: readonly Kept[]) {
    this.#snapshot = snapshot;
    this.#kept = kept;
  }

  /** Undefined where nothing is kept. A ratio is of CPUs, or of 10^9 bytes, for a card; 1 where none is given. */
  static from(options: PluginArguments, keys: ProportionKeys, snapshot: Snapshot): KeptProportions | undefined {
    const kept = listArgument(options, keys.cards).map((name) => {
      const ratio = (of: string): number => numberArgument(options, `${keys.ratios}${name}.${of}`, 1);
      return { card: snapshot.resources.keep(name), cpu: ratio('cpu') * MILLI, memory: ratio('memory') * KIB_OF_GB };
    });
    const isOn = switchArgument(options, keys.enable, false);
    return !isOn || kept.length === 0 ? undefined : new KeptProportions(snapshot, kept);
  }

  /** How the task sees the nodes; undefined for one that asks for such a card. */
  contextOf({ class: taskClass }: Task): PlacementContext | undefined {
    if (this.#kept.some(({ card }) => taskClass.amountOf(card) > 0)) return undefined;
    let context = this.#contexts.get(taskClass);
    if (context === undefined) this.#contexts.set(taskClass, (context = this.#contextOf(taskClass)));
    return context;
  }

  #contextOf(taskClass: TaskClass): PlacementContext {
    const [cpu, memory] = [taskClass.amountOf(CPU_IX), taskClass.amountOf(MEMORY_IX)];
    const allows = (node: number): boolean => this.#leaves(cpu, memory, node);
    return {
      // By all that it hangs on, so that classes that ask for the same share it.
      key: `kept for cards of ${cpu} ${memory}`,
      hooks: {
        feasibleNode: (_, node) => allows(node),
        explain: (_, reasons) => {
          let closed = 0;
          for (let n = 0; n < this.#snapshot.nodes.count; n += 1) closed += Number(!allows(n));
          if (closed > 0) reasons.set('node(s) kept what they have left for their free cards', closed);
        },
      },
      allows,
    };
  }

  #leaves(cpu: number, memory: number, node: number): boolean {
    const { available, allocatable } = this.#snapshot.nodes;
    const cpuLeft = (available[CPU_IX]?.[node] ?? 0) - cpu;
    const memoryLeft = (available[MEMORY_IX]?.[node] ?? 0) - memory;
    return this.#kept.every((kept) => {
      if ((allocatable[kept.card]?.[node] ?? 0) === 0) return true;
      const cards = Math.max(0, available[kept.card]?.[node] ?? 0);
      return cpuLeft >= cards * kept.cpu && memoryLeft >= cards * kept.memory;
    });
  }
}

import { ALL_CORES } from '../../api/cards/card-resources.ts';
import type { CardWish } from '../../api/records/card-records.ts';
import { FragmentScores } from '../fragmentation/fragment-scores.ts';
import { typicalPods } from '../fragmentation/typical-pods.ts';
import { numberArgument, switchArgument } from '../framework/plugin.ts';
import type { PlacementContext, Plugin, PluginHooks } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import { CPU_IX } from '../model/resource-table.ts';

/** The pods of the cluster are looked at anew when so large a part of them came or went. */
const CHANGED_PART = 1 / 8;

/** Parts of cards that no pod could use count against a node; pods with most cards come first where it is told to. */
export const fragmentation: Plugin = {
  name: 'fragmentation',
  make: (snapshot, options) => {
    const weight = numberArgument(options, 'fragmentation.weight', 1);
    const breaksTies = options.get('fragmentation.tieBreak') !== 'name';
    const sight = new Sight(snapshot, breaksTies);
    const contexts = new WeakMap<CardWish, PlacementContext>();
    const plain = contextOf(undefined, sight, weight);
    snapshot.devices.prefer = (wish, taskClass, node) => sight.scores.choice(wish, taskClass, node);
    const hooks: PluginHooks = {
      onSessionOpen: () => sight.look(),
      // By what pods ask for: once one asks for cards, they are in use for good.
      claimStampFn: () => 0,
      wishFn: ({ record }) => {
        if (!snapshot.devices.isUsed) return undefined;
        const wish = record.cards?.wish;
        if (wish === undefined) return plain;
        let context = contexts.get(wish);
        if (context === undefined) contexts.set(wish, (context = contextOf(wish, sight, weight)));
        return context;
      },
    };
    if (!switchArgument(options, 'fragmentation.largestFirst', false)) return hooks;
    return { ...hooks, jobOrderFn: (a, b) => sight.cardsOf(b) - sight.cardsOf(a) || cpuOf(a) - cpuOf(b) };
  },
};

/** Of one pod. */
function cpuOf({ tasks }: Job): number {
  return tasks.first?.class.amountOf(CPU_IX) ?? 0;
}

/** The pods that are typical now, and the scores by them. */
class Sight {
  readonly #snapshot: Snapshot;
  readonly #breaksTies: boolean;
  scores: FragmentScores;
  /** Grows whenever other pods are typical. */
  version = 0;
  #seen = 0;
  /** Memory of the largest card. */
  #largest = 0;

  constructor(snapshot: Snapshot, breaksTies: boolean) {
    this.#snapshot = snapshot;
    this.#breaksTies = breaksTies;
    this.scores = new FragmentScores(snapshot, [], breaksTies);
  }

  /** O(1) while hardly any pod came or went, else O(pods). */
  look(): void {
    const { tasks, devices, nodes } = this.#snapshot;
    if (!devices.isUsed || Math.abs(tasks.size - this.#seen) <= this.#seen * CHANGED_PART) return;
    this.#seen = tasks.size;
    const cards = nodes.records.flatMap((node) => node.cards?.cards ?? []);
    this.#largest = cards.reduce((largest, { memory }) => Math.max(largest, memory), 0);
    this.scores = new FragmentScores(this.#snapshot, typicalPods(tasks.values()), this.#breaksTies);
    this.version += 1;
  }

  /** How much memory of cards one pod of the job asks for, of all of its cards together. */
  cardsOf({ tasks }: Job): number {
    const wish = tasks.first?.record.cards?.wish;
    if (wish === undefined) return 0;
    return wish.requests.reduce((sum, { count, memory, percent, cores }) => {
      const whole = cores === ALL_CORES ? 100 : percent;
      return sum + count * (memory > 0 ? memory : (this.#largest * whole) / 100);
    }, 0);
  }
}

function contextOf(wish: CardWish | undefined, sight: Sight, weight: number): PlacementContext {
  return {
    key: `fragments ${wish?.key ?? ''}`,
    hooks: { scoreNode: (taskClass, node) => weight * sight.scores.of(wish, taskClass, node) },
    version: () => sight.version,
  };
}

import { readStrategy } from '../../api/resource-strategy.ts';
import type { ResourceStrategy } from '../../api/resource-strategy.ts';
import { RecentMap } from '../../lib/recent-map.ts';
import type { PlacementContext } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { TaskClass } from '../model/task-class.ts';
import { Strategies, weightOf } from './strategies.ts';

/** Strategies that people may write; each has pickers of its own. */
const KEPT = 200;

/** Pods that have a strategy of their own: they see nodes as it says in place of the strategies that were given. */
export class OwnStrategies {
  readonly #snapshot: Snapshot;
  readonly #given: ReadonlyMap<string, number>;
  readonly #base: Strategies;
  readonly #scale: number;
  readonly #contexts = new RecentMap<PlacementContext>(KEPT);

  constructor(snapshot: Snapshot, given: ReadonlyMap<string, number>, scale: number) {
    this.#snapshot = snapshot;
    this.#given = given;
    this.#base = new Strategies(snapshot, given);
    this.#scale = scale;
  }

  contextOf(text: string): PlacementContext {
    return this.#contexts.get(text) ?? this.#contexts.set(text, this.#contextOf(text));
  }

  #contextOf(text: string): PlacementContext {
    const own = new Strategies(this.#snapshot, this.#patternsOf(readStrategy(text)));
    const scoreNode = (taskClass: TaskClass, node: number): number =>
      (own.score(taskClass, node) - this.#base.score(taskClass, node)) * this.#scale;
    return { key: `strategy ${text}`, hooks: { scoreNode } };
  }

  /** Where the pod names no resources, those that were given have its type; where it names no type, resources keep theirs. */
  #patternsOf({ type, weights }: ResourceStrategy): ReadonlyMap<string, number> {
    const sign = type === 'MostAllocated' ? 1 : -1;
    if (weights === undefined)
      return new Map([...this.#given].map(([name, weight]) => [name, sign * Math.abs(weight)]));
    const signOf = (name: string): number => (type === undefined && weightOf(name, this.#given) > 0 ? 1 : sign);
    return new Map([...weights].map(([name, weight]) => [name, signOf(name) * weight]));
  }
}

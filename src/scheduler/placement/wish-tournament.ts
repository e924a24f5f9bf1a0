import type { Wishes } from '../framework/plugin.ts';
import type { NodeOrder } from './node-order.ts';
import { Tournament } from './tournament.ts';

/** Nodes of one part that stand side by side in the order. */
interface Run {
  readonly part: number;
  readonly first: number;
  readonly end: number;
}

/**
 * The best of many nodes whose scores have a share that moves for many of them at once. The best of each part and level is
 * found by the other share alone, and only those are compared by both: one tournament a level, in which the parts are ranges.
 * Best in O(parts x levels x log n), as long as the order keeps each part together; one changed number in O(log n).
 */
export class WishTournament {
  readonly size: number;
  readonly #wishes: Wishes;
  readonly #order: NodeOrder | undefined;
  readonly #runs: readonly Run[];
  readonly #byLevel = new Map<number, Tournament>();
  readonly #levels: Int32Array;
  /** Of the parts and levels that have a node: the place of the best one, part and level. */
  readonly #bests: number[] = [];
  readonly #bestParts: number[] = [];
  readonly #bestLevels: number[] = [];

  constructor(size: number, order: NodeOrder | undefined, wishes: Wishes) {
    this.size = size;
    this.#wishes = wishes;
    this.#order = order;
    this.#levels = new Int32Array(size);
    this.#runs = this.#readRuns();
  }

  best(): number {
    return this.bestOf([0, this.size]);
  }

  bestBetween(first: number, end: number): number {
    return this.bestOf([first, end]);
  }

  /** The best of several ranges, given as first and end, first and end, or -1. The earlier place wins ties. */
  bestOf(ranges: readonly number[]): number {
    this.#bests.length = 0;
    this.#bestParts.length = 0;
    this.#bestLevels.length = 0;
    for (const [level, tournament] of this.#byLevel) {
      if (tournament.best() >= 0) this.#findBests(level, tournament, ranges);
    }
    return this.#bests.length > 1 ? this.#bestOfBests() : (this.#bests[0] ?? -1);
  }

  set(index: number, number: number): void {
    const level = this.#levelAt(index);
    const before = this.#levels[index] ?? 0;
    if (level !== before) this.#byLevel.get(before)?.set(index, -Infinity);
    this.#levels[index] = level;
    this.#ofLevel(level).set(index, number);
  }

  clear(): void {
    this.#byLevel.clear();
  }

  fill(first: number, end: number, number: number): void {
    for (let index = first; index < end; index += 1) {
      const level = this.#levelAt(index);
      this.#levels[index] = level;
      this.#ofLevel(level).fill(index, index + 1, number);
    }
  }

  finish(): void {
    for (const tournament of this.#byLevel.values()) tournament.finish();
  }

  #findBests(level: number, tournament: Tournament, ranges: readonly number[]): void {
    for (let i = 0; i < ranges.length; i += 2) {
      const end = ranges[i + 1] ?? 0;
      let first = ranges[i] ?? 0;
      for (let at = this.#runOf(first); first < end; at += 1) {
        const run = this.#runs[at];
        if (run === undefined) break;
        const best = tournament.bestBetween(first, Math.min(end, run.end));
        first = run.end;
        if (best < 0) continue;
        this.#bests.push(best);
        this.#bestParts.push(run.part);
        this.#bestLevels.push(level);
      }
    }
  }

  #bestOfBests(): number {
    const scores = this.#wishes.scores(this.#bestParts, this.#bestLevels);
    let best = -1;
    let most = -Infinity;
    for (const [i, index] of this.#bests.entries()) {
      const score = (this.#byLevel.get(this.#bestLevels[i] ?? 0)?.numberAt(index) ?? 0) + (scores[i] ?? 0);
      if (score > most || (score === most && index < best)) [best, most] = [index, score];
    }
    return best;
  }

  /** Index of the run in which the place lies. */
  #runOf(index: number): number {
    let [low, high] = [0, this.#runs.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#runs[middle]?.end ?? 0) <= index) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #readRuns(): readonly Run[] {
    const { partOf } = this.#wishes;
    const runs: Run[] = [];
    for (let first = 0; first < this.size;) {
      const part = partOf[this.#nodeAt(first)] ?? 0;
      let end = first + 1;
      while (end < this.size && partOf[this.#nodeAt(end)] === part) end += 1;
      runs.push({ part, first, end });
      first = end;
    }
    return runs;
  }

  #nodeAt(index: number): number {
    return this.#order === undefined ? index : this.#order.nodeAt(index);
  }

  #levelAt(index: number): number {
    return this.#wishes.levelOf(this.#nodeAt(index));
  }

  #ofLevel(level: number): Tournament {
    let tournament = this.#byLevel.get(level);
    if (tournament === undefined) {
      tournament = new Tournament(this.size);
      tournament.finish();
      this.#byLevel.set(level, tournament);
    }
    return tournament;
  }
}

import type { Wishes } from '../framework/plugin.ts';
import type { NodeOrder } from './node-order.ts';
import { Tournament } from './tournament.ts';

/** Nodes of one part that stand side by side in the order. */
interface Run {
  readonly part: number;
  readonly first: number;
  readonly end: number;
}

/** The nodes of one level. */
interface Level {
  readonly tournament: Tournament;
  /** Place of the best node by run, as far as it was asked for since a node of the run changed; NONE when there is none. */
  readonly bests: Int32Array;
}

const NONE = -1;
const UNKNOWN = -2;

/**
 * The best of many nodes whose scores have a share that moves for many of them at once. The best of each part and level is
 * found by the other share alone, and only those are compared by both: one tournament a level, in which the parts are ranges.
 * Best in O(parts x levels), and O(log n) for each part that changed or is open only in part, as long as the order keeps each
 * part together; one changed number in O(log n).
 */
export class WishTournament {
  readonly size: number;
  readonly #wishes: Wishes;
  readonly #order: NodeOrder | undefined;
  readonly #runs: readonly Run[];
  /** By place: the index of its run. */
  readonly #runOf: Int32Array;
  readonly #byLevel = new Map<number, Level>();
  /** By place. */
  readonly #levels: Int32Array;
  /** Of the parts and levels that have a node: the place of the best one, its number, part and level. */
  readonly #bests: number[] = [];
  readonly #bestNumbers: number[] = [];
  readonly #bestParts: number[] = [];
  readonly #bestLevels: number[] = [];

  constructor(size: number, order: NodeOrder | undefined, wishes: Wishes) {
    this.size = size;
    this.#wishes = wishes;
    this.#order = order;
    this.#levels = new Int32Array(size);
    this.#runs = this.#readRuns();
    this.#runOf = new Int32Array(size);
    for (const [run, { first, end }] of this.#runs.entries()) this.#runOf.fill(run, first, end);
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
    this.#bestNumbers.length = 0;
    this.#bestParts.length = 0;
    this.#bestLevels.length = 0;
    for (const [level, nodes] of this.#byLevel) {
      if (nodes.tournament.best() !== NONE) this.#findBests(level, nodes, ranges);
    }
    return this.#bests.length > 1 ? this.#bestOfBests() : (this.#bests[0] ?? NONE);
  }

  set(index: number, number: number): void {
    const level = this.#levelAt(index);
    const before = this.#levels[index] ?? 0;
    if (level !== before) this.#setIn(this.#ofLevel(before), index, -Infinity);
    this.#levels[index] = level;
    this.#setIn(this.#ofLevel(level), index, number);
  }

  clear(): void {
    this.#byLevel.clear();
  }

  fill(first: number, end: number, number: number): void {
    for (let index = first; index < end; index += 1) {
      const level = this.#levelAt(index);
      this.#levels[index] = level;
      this.#ofLevel(level).tournament.fill(index, index + 1, number);
    }
  }

  finish(): void {
    for (const { tournament } of this.#byLevel.values()) tournament.finish();
  }

  #setIn({ tournament, bests }: Level, index: number, number: number): void {
    tournament.set(index, number);
    bests[this.#runOf[index] ?? 0] = UNKNOWN;
  }

  #findBests(level: number, nodes: Level, ranges: readonly number[]): void {
    for (let i = 0; i < ranges.length; i += 2) {
      const end = ranges[i + 1] ?? 0;
      let first = ranges[i] ?? 0;
      for (let at = this.#runOf[first] ?? 0; first < end; at += 1) {
        const run = this.#runs[at];
        if (run === undefined) break;
        const isWhole = first === run.first && run.end <= end;
        const best = isWhole ? bestOfRun(nodes, at, run) : nodes.tournament.bestBetween(first, Math.min(end, run.end));
        first = run.end;
        if (best === NONE) continue;
        this.#bests.push(best);
        this.#bestNumbers.push(nodes.tournament.numberAt(best));
        this.#bestParts.push(run.part);
        this.#bestLevels.push(level);
      }
    }
  }

  #bestOfBests(): number {
    const scores = this.#wishes.scores(this.#bestParts, this.#bestLevels);
    let best = NONE;
    let most = -Infinity;
    for (let i = 0; i < this.#bests.length; i += 1) {
      const index = this.#bests[i] ?? NONE;
      const score = (this.#bestNumbers[i] ?? 0) + (scores[i] ?? 0);
      if (score < most || (score === most && index > best)) continue;
      best = index;
      most = score;
    }
    return best;
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

  #ofLevel(level: number): Level {
    let nodes = this.#byLevel.get(level);
    if (nodes === undefined) {
      const tournament = new Tournament(this.size);
      tournament.finish();
      nodes = { tournament, bests: new Int32Array(this.#runs.length).fill(UNKNOWN) };
      this.#byLevel.set(level, nodes);
    }
    return nodes;
  }
}

function bestOfRun({ tournament, bests }: Level, at: number, { first, end }: Run): number {
  const known = bests[at] ?? UNKNOWN;
  if (known !== UNKNOWN) return known;
  const best = tournament.bestBetween(first, end);
  bests[at] = best;
  return best;
}

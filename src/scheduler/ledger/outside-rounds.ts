import type { NodeRecord } from '../../api/records/node-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { TaskStatus } from '../model/task-status.ts';

/** A pod as it stood when somebody was to be asked about it. */
export interface AskedPod {
  readonly record: PodRecord;
  /** Key of its group, empty for pods that others place. */
  readonly job: string;
  readonly status: TaskStatus;
  /** Empty while it has none. */
  readonly node: string;
}

/** A node as it was then, with all that stood on it, placed by the open decision too. */
export interface AskedNode {
  readonly record: NodeRecord;
  readonly pods: readonly AskedPod[];
}

/** What a program is asked about several things for one pod. */
export type RoundSubject =
  | {
      readonly kind: 'nodes';
      /** Where each node is asked about, and where all that will do are scored; empty: not asked. */
      readonly predicateUrl: string;
      readonly prioritizeUrl: string;
      readonly pod: AskedPod;
      readonly about: ReadonlyMap<string, AskedNode>;
    }
  | {
      readonly kind: 'victims';
      readonly url: string;
      readonly pod: AskedPod;
      readonly about: ReadonlyMap<string, AskedPod>;
    };

/** One question of a round, and what it was to be about. */
export interface Round {
  readonly asker: string;
  readonly timeoutMs: number;
  readonly subject: RoundSubject;
}

/** What the program said of one of them, or why it said nothing. `abstains`: it is left to others. */
export type Verdict =
  | { readonly kind: 'yes'; readonly score: number }
  | { readonly kind: 'no' | 'abstains' }
  | { readonly kind: 'failed'; readonly why: string };

/** Whose questions they are. Equal keys are one asker, and have the same subjects but for what they are about. */
export interface Asker<Item> {
  readonly key: string;
  readonly timeoutMs: number;
  subject(about: ReadonlyMap<string, Item>): RoundSubject;
}

/** What is asked about. */
export interface Matter<Item> {
  /** Names it and the state that it is in. */
  readonly key: string;
  /** The very object that the answer is about: of another one under the same key nothing was said. */
  readonly of: object;
  describe(): Item;
}

interface Known {
  readonly of: object;
  readonly verdict: Verdict;
  readonly atMs: number;
}

interface Noted<Item> {
  readonly of: object;
  readonly item: Item;
}

interface Board<Item> {
  readonly asker: Asker<Item>;
  readonly known: Map<string, Known>;
  readonly noted: Map<string, Noted<Item>>;
  /** On their way. */
  asked: ReadonlyMap<string, Noted<Item>> | undefined;
  /** When rounds were answered. */
  times: number[];
}

/** An answer is asked for anew once it is so old, and taken for as long again meanwhile. */
const FRESH_MS = 10_000;
/** Rounds that are open at a time: those behind them have not come to their turn. */
const MOST_ROUNDS = 4;

/**
 * What programs outside say of many things for one pod: nodes, or pods that could go for it. All that is not known in a
 * cycle is one round, asked after it; meanwhile nobody waits.
 */
export class OutsideRounds<Item> {
  readonly #boards = new Map<string, Board<Item>>();
  #open = 0;
  #nowMs = 0;
  /** Grows whenever something may be answered otherwise, or asked. */
  version = 0;

  /** Number of askers of whom something is known or to be asked. */
  get size(): number {
    return this.#boards.size;
  }

  /** Called at the start of each cycle. O(askers), and O(answers) of those whose answers turn old. */
  open(nowMs: number): void {
    for (const [key, board] of this.#boards) {
      if (board.times.some((atMs) => agesAt(nowMs, atMs) !== agesAt(this.#nowMs, atMs))) this.#age(board, nowMs);
      if (board.times.length === 0 && board.noted.size === 0 && board.asked === undefined) this.#boards.delete(key);
    }
    this.#nowMs = nowMs;
  }

  /** What was said, if anything; the question is noted when it has to be asked. */
  ask(asker: Asker<Item>, matter: Matter<Item>): Verdict | undefined {
    const board = this.#boardOf(asker);
    const known = knownOf(board, matter);
    const isFresh = known !== undefined && this.#nowMs - known.atMs < FRESH_MS;
    if (!isFresh && board.asked?.get(matter.key)?.of !== matter.of && board.noted.get(matter.key)?.of !== matter.of) {
      board.noted.set(matter.key, { of: matter.of, item: matter.describe() });
    }
    return known?.verdict;
  }

  /** What was said; nothing is asked. */
  peek(asker: string, matter: Pick<Matter<Item>, 'key' | 'of'>): Verdict | undefined {
    const board = this.#boards.get(asker);
    return board === undefined ? undefined : knownOf(board, matter)?.verdict;
  }

  /** Something was said for it not long ago, or is to be. */
  knows(asker: string): boolean {
    return this.#boards.has(asker);
  }

  /** Something is to be asked for it, or on its way. */
  isWaiting(asker: string): boolean {
    const board = this.#boards.get(asker);
    return board !== undefined && (board.asked !== undefined || board.noted.size > 0);
  }

  /** What was said for it holds no more. */
  forget(asker: string): void {
    const board = this.#boards.get(asker);
    if (board === undefined) return;
    board.known.clear();
    board.times = [];
    this.version += 1;
  }

  /** The rounds that are to be asked now, those of whoever asked first before others. */
  take(): readonly Round[] {
    const rounds: Round[] = [];
    for (const [key, board] of this.#boards) {
      if (this.#open >= MOST_ROUNDS) break;
      if (board.noted.size === 0 || board.asked !== undefined) continue;
      board.asked = new Map(board.noted);
      board.noted.clear();
      this.#open += 1;
      const about = new Map([...board.asked].map(([name, { item }]) => [name, item]));
      rounds.push({ asker: key, timeoutMs: board.asker.timeoutMs, subject: board.asker.subject(about) });
    }
    return rounds;
  }

  /** Of what the round was about and the answers do not name, nothing was said. */
  answered({ asker }: Round, verdicts: ReadonlyMap<string, Verdict>, atMs: number): void {
    const board = this.#boards.get(asker);
    this.#open -= 1;
    if (board === undefined) return;
    for (const [key, { of }] of board.asked ?? []) {
      const verdict = verdicts.get(key);
      if (verdict !== undefined) board.known.set(key, { of, verdict, atMs });
    }
    board.asked = undefined;
    board.times.push(atMs);
    this.version += 1;
  }

  #boardOf(asker: Asker<Item>): Board<Item> {
    let board = this.#boards.get(asker.key);
    if (board === undefined) {
      board = { asker, known: new Map(), noted: new Map(), asked: undefined, times: [] };
      this.#boards.set(asker.key, board);
    }
    return board;
  }

  /** In the cycle in which answers turn old, and in that in which they go, whoever relied on them asks again. */
  #age(board: Board<Item>, nowMs: number): void {
    this.version += 1;
    board.times = board.times.filter((atMs) => agesAt(nowMs, atMs) < GONE);
    for (const [key, { atMs }] of board.known) if (agesAt(nowMs, atMs) >= GONE) board.known.delete(key);
  }
}

function knownOf<Item>({ known }: Board<Item>, { key, of }: Pick<Matter<Item>, 'key' | 'of'>): Known | undefined {
  const found = known.get(key);
  return found?.of === of ? found : undefined;
}

/** Lives after which an answer holds no more. */
const GONE = 2;

function agesAt(nowMs: number, atMs: number): number {
  return Math.min(GONE, Math.floor((nowMs - atMs) / FRESH_MS));
}

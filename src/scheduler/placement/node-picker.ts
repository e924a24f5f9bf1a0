import type { PluginHooks } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { FeatureView } from './feature-view.ts';
import type { FeatureViews } from './feature-views.ts';
import type { NodeOrder } from './node-order.ts';
import type { OpenRuns, Runs } from './open-runs.ts';
import type { Outlook } from './outlook.ts';
import { Streak } from './streak.ts';
import { Tournament } from './tournament.ts';
import { WishTournament } from './wish-tournament.ts';

/** When more than this share of the nodes changed, a picker is built anew: that goes over the nodes in order, and asks once about neighbours that are alike. */
const REPLAY_SHARE = 0.25;
/** The same where each node is asked by itself, and what is asked costs more than the order saves. */
const REPLAY_SHARE_ALONE = 0.9;
const LEAST_REPLAY = 16;
/** In the place of an order that nobody asked for yet. */
const NO_ORDER = new Tournament(0);

/** What plugins say of single nodes. */
export interface NodeHooks {
  readonly closing: readonly NonNullable<PluginHooks['feasibleNode']>[];
  readonly scoring: readonly NonNullable<PluginHooks['scoreNode']>[];
}

/** What the pickers of one context share. */
interface Surroundings {
  readonly views: FeatureViews;
  /** Undefined when the nodes stand in the order of their names. */
  readonly order: NodeOrder | undefined;
  readonly outlook: Outlook;
  readonly runs: OpenRuns;
}

/**
 * The best node for one class at any time: a tournament of the nodes' scores, brought up to date when it is asked.
 * Best in O(1), one changed node in O(log nodes + plugins), built in O(nodes x plugins). Nobody needs it where the nodes with room stand in few
 * runs: then best in O(runs x plugins). The lower name wins ties, or the earlier place in the order.
 */
export class NodePicker {
  readonly #class: TaskClass;
  readonly #hooks: NodeHooks;
  readonly #snapshot: Snapshot;
  readonly #around: Surroundings;
  /** Nodes that the class may use by their features alone, and the part of the score that depends on those. */
  #view: FeatureView;
  #featuresVersion = -1;
  /** Over positions in the order, where there is one; else over node indices. */
  #tournament: Tournament | WishTournament = NO_ORDER;
  #order: NodeOrder | undefined;
  /** What it was made from, and the changes of nodes that it knows. */
  #revision = -1;
  #nodesVersion = -1;
  #syncedTo = 0;
  /** Of what the context says about nodes. */
  #outlookVersion = 0;
  readonly #streak: Streak;
  /** To the class nodes are alike that are the same by their features and hold and offer the same. */
  readonly #mindsOnlyAmounts: boolean;

  constructor(taskClass: TaskClass, hooks: NodeHooks, snapshot: Snapshot, around: Surroundings) {
    this.#class = taskClass;
    this.#hooks = hooks;
    this.#snapshot = snapshot;
    this.#around = around;
    this.#view = around.views.of(taskClass);
    this.#streak = new Streak(taskClass, snapshot.nodes);
    const { version, wishes, ranges } = around.outlook;
    const isPlain = version === undefined && wishes === undefined && ranges === undefined;
    this.#mindsOnlyAmounts = isPlain && taskClass.shape.hostPorts.length === 0;
  }

  /** Index of the best node that the class fits on now, or -1. */
  best(): number {
    this.#readView();
    const mayRun = this.#mindsOnlyAmounts && this.#around.outlook.order === undefined && this.#view.isCoarse;
    const runs = mayRun ? this.#around.runs.of(this.#class) : undefined;
    if (runs !== undefined) return this.#bestOf(runs);
    this.#catchUp();
    const { ranges } = this.#around.outlook;
    const best = ranges === undefined ? this.#tournament.best() : this.#tournament.bestOf(ranges());
    return this.#order === undefined ? best : this.#order.nodeAt(best);
  }

  /** So many tasks of the class in a row, or more, have the node as their best one, which is the best for the first of them. */
  streak(node: number): number {
    return this.#mindsOnlyAmounts ? this.#streak.from(node, this.#view.base[node] ?? 0, this.#score) : 1;
  }

  readonly #score = (node: number): number => this.#scoreOf(node);

  /** The best of those whose place in the order is from `first` on, before `end`, or -1. O(log nodes). */
  bestBetween(first: number, end: number): number {
    this.#catchUp();
    const best = this.#tournament.bestBetween(first, end);
    return this.#order === undefined ? best : this.#order.nodeAt(best);
  }

  /** Whether the class fits the node now. */
  fits(index: number): boolean {
    this.#catchUp();
    const at = this.#order?.positionOf(index) ?? index;
    const { ranges } = this.#around.outlook;
    const isOpen = ranges === undefined || isWithin(ranges(), at);
    return isOpen && this.#tournament.bestBetween(at, at + 1) === at;
  }

  /** Whether the class may use the node at all, whatever is free there. */
  allows(index: number): boolean {
    const { views, outlook } = this.#around;
    return views.of(this.#class).mask.has(index) && outlook.allows?.(index) !== false;
  }

  /** Which nodes it may use, whatever is free there, hangs on who goes from them. */
  get mindsWhoGoes(): boolean {
    return this.#around.outlook.allowsWithout !== undefined;
  }

  /** `allows`, once these had gone, and all that are on their way out; without `gone` whoever goes. */
  allowsWithout(index: number, gone?: ReadonlySet<Task>): boolean {
    const { allowsWithout } = this.#around.outlook;
    if (allowsWithout === undefined) return this.allows(index);
    return this.#around.views.of(this.#class).mask.has(index) && allowsWithout(index, gone);
  }

  /** Whether one task of the class could go to the node now. Asked of single nodes, where no order of them is needed. */
  takes(index: number): boolean {
    if (!this.allows(index)) return false;
    return this.#hooks.closing.every((isOpen) => isOpen(this.#class, index));
  }

  #bestOf({ first, end }: Runs): number {
    let best = -1;
    let most = -Infinity;
    for (let i = 0; i < first.length; i += 1) {
      const last = end[i] ?? 0;
      for (let node = first[i] ?? last; node < last; node = this.#view.endOfAlike(node, last)) {
        const score = this.#scoreOf(node);
        if (score <= most) continue;
        best = node;
        most = score;
      }
    }
    return best;
  }

  #catchUp(): void {
    this.#readView();
    const { nodesVersion, recency } = this.#snapshot;
    const version = this.#around.outlook.version?.() ?? 0;
    const isOther = this.#revision !== this.#view.revision || this.#nodesVersion !== nodesVersion;
    if (isOther || this.#outlookVersion !== version) {
      this.#outlookVersion = version;
      this.#rebuild();
    } else if (this.#syncedTo !== recency.now) this.#replay();
  }

  #readView(): void {
    const { featuresVersion } = this.#snapshot;
    if (this.#featuresVersion === featuresVersion) return;
    this.#view = this.#around.views.of(this.#class);
    this.#featuresVersion = featuresVersion;
  }

  /** Nodes that changed since the last look, newest first. */
  #replay(): void {
    const { recency, nodes } = this.#snapshot;
    const syncedTo = this.#syncedTo;
    const share = this.#around.outlook.version === undefined ? REPLAY_SHARE : REPLAY_SHARE_ALONE;
    let left = Math.max(LEAST_REPLAY, nodes.count * share);
    for (let node = recency.newest; node >= 0 && recency.changedAt(node) > syncedTo; node = recency.olderThan(node)) {
      if (left <= 0) {
        this.#rebuild();
        return;
      }
      left -= 1;
      this.#tournament.set(this.#order?.positionOf(node) ?? node, this.#scoreOf(node));
    }
    this.#syncedTo = recency.now;
  }

  #rebuild(): void {
    const { nodes, nodesVersion, recency } = this.#snapshot;
    const { outlook, order } = this.#around;
    this.#revision = this.#view.revision;
    this.#nodesVersion = nodesVersion;
    if (outlook.wishes !== undefined) this.#tournament = new WishTournament(nodes.count, order, outlook.wishes);
    else if (this.#tournament.size !== nodes.count) this.#tournament = new Tournament(nodes.count);
    this.#order = order;
    this.#tournament.clear();
    if (this.#order === undefined) this.#fillByName();
    else this.#fillInOrder(this.#order);
    this.#tournament.finish();
    this.#syncedTo = recency.now;
  }

  /** Neighbours with equal amounts, as most of a fresh cluster are, are asked about once. */
  #fillByName(): void {
    const { nodes } = this.#snapshot;
    const mayShare = this.#class.shape.hostPorts.length === 0 && this.#around.outlook.version === undefined;
    for (let n = 0; n < nodes.count;) {
      const end = mayShare ? this.#view.endOfAlike(n, nodes.endOfTwins(n)) : n + 1;
      this.#tournament.fill(n, end, this.#scoreOf(n));
      n = end;
    }
  }

  #fillInOrder(order: NodeOrder): void {
    for (let at = 0; at < this.#tournament.size; at += 1) {
      this.#tournament.fill(at, at + 1, this.#scoreOf(order.nodeAt(at)));
    }
  }

  #scoreOf(node: number): number {
    if (!this.#view.mask.has(node)) return -Infinity;
    const taskClass = this.#class;
    const { closing, scoring } = this.#hooks;
    for (const isOpen of closing) if (!isOpen(taskClass, node)) return -Infinity;
    let score = this.#view.base[node] ?? 0;
    for (const scoreOf of scoring) score += scoreOf(taskClass, node);
    return score;
  }
}

/** `ranges` are first and end, first and end. */
function isWithin(ranges: readonly number[], at: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) if (at >= (ranges[i] ?? 0) && at < (ranges[i + 1] ?? 0)) return true;
  return false;
}

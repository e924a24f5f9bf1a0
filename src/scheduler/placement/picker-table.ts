import type { Outlook } from './outlook.ts';
import type { PluginHooks } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { TaskClass } from '../model/task-class.ts';
import { dropOldest } from '../../lib/drop-oldest.ts';
import { FeatureViews } from './feature-views.ts';
import { MOST_SCORES, mostKept } from './most-kept.ts';
import { NodeOrder } from './node-order.ts';
import { NodePicker } from './node-picker.ts';
import type { NodeHooks } from './node-picker.ts';
import { OpenRuns } from './open-runs.ts';

interface Entry {
  readonly picker: NodePicker;
  usedAt: number;
}

/** A picker of 5,000 nodes holds up to 55 KB: those of classes that nobody placed for so many cycles are dropped. */
const KEPT_CYCLES = 16;
/** Views beyond those of the pickers before they are looked through. */
const SPARE_VIEWS = 64;

interface Options {
  readonly outlook?: Outlook;
  /** Of all pickers together, and of all views. */
  readonly mostScores?: number;
  readonly mostRuns?: number;
}

/** The pickers of one set of plugins, of the classes that are being placed. */
export class PickerTable {
  readonly views: FeatureViews;
  readonly runs: OpenRuns;
  readonly #snapshot: Snapshot;
  /** Only what speaks of nodes: a picker asks each of them for each node. */
  readonly #nodeHooks: NodeHooks;
  readonly #mostScores: number;
  readonly outlook: Outlook;
  /** Of the present set of nodes. */
  #nodeOrder: NodeOrder | undefined;
  #orderVersion = -1;
  readonly #entries = new Map<TaskClass, Entry>();
  #cycle = 0;
  #last: TaskClass | undefined;
  #lastPicker: NodePicker | undefined;

  constructor(
    snapshot: Snapshot,
    hooks: readonly PluginHooks[],
    { outlook = {}, mostScores = MOST_SCORES, mostRuns }: Options = {},
  ) {
    this.#snapshot = snapshot;
    this.#mostScores = mostScores;
    this.#nodeHooks = {
      closing: hooks.flatMap(({ feasibleNode }) => feasibleNode ?? []),
      scoring: hooks.flatMap(({ scoreNode }) => scoreNode ?? []),
    };
    this.outlook = outlook;
    this.views = new FeatureViews(snapshot, hooks, mostScores);
    this.runs = new OpenRuns(snapshot, mostRuns);
  }

  get size(): number {
    return this.#entries.size;
  }

  of(taskClass: TaskClass): NodePicker {
    if (this.#last === taskClass && this.#lastPicker !== undefined) return this.#lastPicker;
    let entry = this.#entries.get(taskClass);
    if (entry === undefined) {
      if (this.#entries.size >= mostKept(this.#snapshot.nodes.count, this.#mostScores)) dropOldest(this.#entries);
      entry = { picker: new NodePicker(taskClass, this.#nodeHooks, this.#snapshot, this), usedAt: 0 };
      this.#entries.set(taskClass, entry);
    }
    entry.usedAt = this.#cycle;
    this.#last = taskClass;
    this.#lastPicker = entry.picker;
    return entry.picker;
  }

  /** The order of the nodes, when it is not that of their names. */
  get order(): NodeOrder | undefined {
    const { nodesVersion } = this.#snapshot;
    const { order } = this.outlook;
    if (order === undefined || this.#orderVersion === nodesVersion) return this.#nodeOrder;
    this.#orderVersion = nodesVersion;
    this.#nodeOrder = new NodeOrder(order());
    return this.#nodeOrder;
  }

  /** Called once a cycle: what nobody uses any more goes. */
  sweep(): void {
    this.#cycle += 1;
    this.runs.open();
    this.#last = undefined;
    this.#lastPicker = undefined;
    for (const [taskClass, { usedAt }] of this.#entries) {
      if (taskClass.references === 0 || usedAt < this.#cycle - KEPT_CYCLES) this.#entries.delete(taskClass);
    }
    if (this.views.size > this.#entries.size + SPARE_VIEWS) {
      this.views.retain(new Set([...this.#entries.keys()].map((taskClass) => taskClass.featureKey)));
    }
  }
}

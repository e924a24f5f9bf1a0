import type { PlacementContext, PluginHooks } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Task } from '../model/task.ts';
import { Explanations } from './explain.ts';
import { PickerTable } from './picker-table.ts';

/** How the tasks of one context see the nodes. */
export interface Perspective {
  readonly pickers: PickerTable;
  readonly explanations: Explanations;
}

type ContextFn = NonNullable<PluginHooks['contextFn']>;

/**
 * Which tasks see the nodes in their own way, because a plugin claims them: each context has pickers and explanations of its
 * own, those of all other tasks stay as they are. What nobody asked for in a number of cycles goes.
 */
export class Contexts {
  /** Of the tasks that no plugin claims. */
  readonly plain: Perspective;
  readonly #snapshot: Snapshot;
  readonly #hooks: readonly PluginHooks[];
  readonly #claims: readonly ContextFn[];
  readonly #byKey = new Map<string, Perspective>();

  constructor(snapshot: Snapshot, hooks: readonly PluginHooks[]) {
    this.#snapshot = snapshot;
    this.#hooks = hooks;
    this.#claims = hooks.flatMap(({ contextFn }) => contextFn ?? []);
    this.plain = this.#make([]);
  }

  /** Some plugin may claim tasks: those of one class need not be alike. */
  get mayDiffer(): boolean {
    return this.#claims.length > 0;
  }

  /** Number of pickers of all contexts. */
  get pickers(): number {
    let pickers = this.plain.pickers.size;
    for (const perspective of this.#byKey.values()) pickers += perspective.pickers.size;
    return pickers;
  }

  of(task: Task): Perspective {
    if (this.#claims.length === 0) return this.plain;
    const claims = this.#claims.flatMap((claim) => claim(task) ?? []);
    if (claims.length === 0) return this.plain;
    const key = claims.map((claim) => claim.key).join('\n');
    let perspective = this.#byKey.get(key);
    if (perspective === undefined) this.#byKey.set(key, (perspective = this.#make(claims)));
    return perspective;
  }

  /** Called once a cycle. */
  open(): void {
    for (const { pickers, explanations } of [this.plain, ...this.#byKey.values()]) {
      pickers.sweep();
      explanations.open();
    }
    for (const [key, { pickers }] of this.#byKey) if (pickers.size === 0) this.#byKey.delete(key);
  }

  #make(claims: readonly PlacementContext[]): Perspective {
    const hooks = [...this.#hooks, ...claims.map((claim) => claim.hooks)];
    const order = claims.find((claim) => claim.order !== undefined)?.order;
    return {
      pickers: new PickerTable(this.#snapshot, hooks, { order }),
      explanations: new Explanations(this.#snapshot, hooks),
    };
  }
}

import { InvariantError } from '../../lib/exhaustive.ts';
import type { PlacementContext, PluginHooks } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { JobBlock } from '../model/job-block.ts';
import type { Task } from '../model/task.ts';
import { ExplanationBudget, Explanations } from './explain.ts';
import { PickerTable } from './picker-table.ts';
import type { Outlook } from './outlook.ts';

/** How the tasks of one context see the nodes. */
export interface Perspective {
  readonly pickers: PickerTable;
  readonly explanations: Explanations;
}

/** Which contexts claim a task, one after the other, and what they come to. */
interface Path {
  readonly next: WeakMap<PlacementContext, Path>;
  perspective?: Perspective;
}

type ContextFn = NonNullable<PluginHooks['contextFn']>;

/** Each way in which a plugin claims tasks. */
function claimsOf({ contextFn, volumeFn, deviceClaimFn, wishFn }: PluginHooks): readonly ContextFn[] {
  return [contextFn ?? [], volumeFn ?? [], deviceClaimFn ?? [], wishFn ?? []].flat();
}

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
  /** Of all plugins that claim; undefined where one of them has none. */
  readonly #claimStamps: readonly (() => number)[] | undefined;
  readonly #byKey = new Map<string, Perspective>();
  /** Of tasks that several plugins claim, as far as somebody asked in this cycle. */
  #paths: Path = { next: new WeakMap() };
  readonly #budget = new ExplanationBudget();

  constructor(snapshot: Snapshot, hooks: readonly PluginHooks[]) {
    this.#snapshot = snapshot;
    this.#hooks = hooks;
    const claiming = hooks.filter((one) => claimsOf(one).length > 0);
    this.#claims = claiming.flatMap(claimsOf);
    const stamps = claiming.flatMap(({ claimStampFn }) => claimStampFn ?? []);
    this.#claimStamps = stamps.length === claiming.length ? stamps : undefined;
    this.plain = this.#make([]);
  }

  /** From which nodes the task is kept, or how good they are, hangs on which pods stand where. Wishes keep nobody from any. */
  isShifting(task: Task): boolean {
    return this.of(task).pickers.outlook.isShifting === true;
  }

  /** From which nodes it is kept does. */
  mayClose(task: Task): boolean {
    return this.of(task).pickers.outlook.mayClose === true;
  }

  /** Number of pickers of all contexts. */
  get pickers(): number {
    let pickers = this.plain.pickers.size;
    for (const perspective of this.#byKey.values()) pickers += perspective.pickers.size;
    return pickers;
  }

  /**
   * How the tasks of these jobs see the nodes, which are of one class and alone in their jobs: undefined where not all of them do so in
   * one way, or where that would have to be asked anew each time. O(1) while nothing could tell unchanged tasks apart, else O(jobs).
   */
  ofAll(block: JobBlock): Perspective | undefined {
    const first = block.jobs[0]?.tasks.first;
    if (this.#claimStamps === undefined || first === undefined) return undefined;
    const perspective = this.of(first);
    // Above zero, and a sum of numbers that only grow is another one whenever one of them is.
    let stamp = 1;
    for (const stampOf of this.#claimStamps) stamp += stampOf();
    if (block.comparedAt !== stamp) {
      block.comparedAt = stamp;
      block.seeTheSame = block.jobs.every(({ tasks: { first: only } }) => only && this.of(only) === perspective);
    }
    return block.seeTheSame && perspective.pickers.outlook.mayClose !== true ? perspective : undefined;
  }

  /** Some plugin claims the task: else it sees the nodes as `plain` has it. */
  isClaimed(task: Task): boolean {
    const claims = this.#claims;
    for (let i = 0; i < claims.length; i += 1) if (claims[i]?.(task) !== undefined) return true;
    return false;
  }

  of(task: Task): Perspective {
    const claims = this.#claims;
    let only: PlacementContext | undefined;
    let path: Path | undefined;
    for (let i = 0; i < claims.length; i += 1) {
      const context = claims[i]?.(task);
      if (context === undefined) continue;
      // To put the keys together anew for each task would cost more than all else here.
      if (only === undefined) only = context;
      else path = stepFrom(path ?? stepFrom(this.#paths, only), context);
    }
    if (only === undefined) return this.plain;
    if (path === undefined) return this.#byKey.get(only.key) ?? this.#add(only.key, [only]);
    path.perspective ??= this.#ofSeveral(task);
    return path.perspective;
  }

  #ofSeveral(task: Task): Perspective {
    const claims = this.#claims.flatMap((claim) => claim(task) ?? []);
    const key = claims.map((claim) => claim.key).join('\n');
    return this.#byKey.get(key) ?? this.#add(key, claims);
  }

  #add(key: string, claims: readonly PlacementContext[]): Perspective {
    const perspective = this.#make(claims);
    this.#byKey.set(key, perspective);
    return perspective;
  }

  /** Called once a cycle. */
  open(): void {
    this.#budget.open();
    this.#paths = { next: new WeakMap() };
    for (const { pickers, explanations } of [this.plain, ...this.#byKey.values()]) {
      pickers.sweep();
      explanations.open();
    }
    for (const [key, { pickers }] of this.#byKey) if (pickers.size === 0) this.#byKey.delete(key);
  }

  #make(claimed: readonly PlacementContext[]): Perspective {
    const claims = withOneOrder(claimed);
    const [closing, scoring] = byScores(this.#hooks);
    const own = claims.map((claim) => claim.hooks);
    const [ownClosing, ownScoring] = byScores(own);
    // Those that only close nodes go first, amounts before all: a node that is closed need not be scored. Sums of scores stay in their order.
    const hooks = [...closing, ...ownClosing, ...scoring, ...ownScoring];
    const outlook = outlookOf(claims);
    const looks = 1 + LOOKS_OF_ITS_OWN * own.filter(({ explain }) => explain !== undefined).length;
    return {
      pickers: new PickerTable(this.#snapshot, hooks, { outlook }),
      explanations: new Explanations(this.#snapshot, hooks, { outlook, budget: this.#budget, looks }),
    };
  }
}

function stepFrom({ next }: Path, context: PlacementContext): Path {
  let path = next.get(context);
  if (path === undefined) next.set(context, (path = { next: new WeakMap() }));
  return path;
}

/** What a context has to look at on a node, by what the amounts of one cost: its cards, devices or zones. */
const LOOKS_OF_ITS_OWN = 8;

/** Those that only close nodes, and those that give scores. */
function byScores<T extends PlacementContext['hooks']>(hooks: readonly T[]): readonly [closing: T[], scoring: T[]] {
  const all = Map.groupBy(hooks, ({ score, scoreNode }) => score === undefined && scoreNode === undefined);
  return [all.get(true) ?? [], all.get(false) ?? []];
}

/**
 * The nodes stand in one order: where others open ranges of another one, what the action opens is asked node by node, and the
 * pickers are made anew whenever it opens something else.
 */
function withOneOrder(claims: readonly PlacementContext[]): readonly PlacementContext[] {
  if (claims.filter(({ ranges }) => ranges !== undefined).length < 2) return claims;
  return claims.map((claim) => {
    const { turns, allows, version, hooks } = claim;
    if (turns === undefined || allows === undefined) return claim;
    const feasibleNode: PluginHooks['feasibleNode'] = (taskClass, node) =>
      allows(node) && hooks.feasibleNode?.(taskClass, node) !== false;
    const { key } = claim;
    return { key, hooks: { ...hooks, feasibleNode }, allows, version: () => turns() + (version?.() ?? 0) };
  });
}

/** The nodes stand in one order: of the plugins that claim a task, one at most may need ranges of its own. */
function outlookOf(claims: readonly PlacementContext[]): Outlook {
  const ranged = claims.filter(({ ranges }) => ranges !== undefined);
  if (ranged.length > 1) throw new InvariantError('Cannot place: two plugins open ranges of nodes to one task');
  const wishing = claims.filter(({ wishes }) => wishes !== undefined);
  if (wishing.length > 1) throw new InvariantError('Cannot place: two plugins have wishes for one task');
  const ordered = ranged[0] ?? claims.find(({ order }) => order !== undefined);
  const versions = claims.flatMap(({ version }) => version ?? []);
  const shifting = claims.filter(({ wishes, version, ranges, turns, areOnlyScoresShifting }) => {
    return !wishes && !turns && !areOnlyScoresShifting && (version ?? ranges);
  });
  const allows = claims.flatMap((claim) => claim.allows ?? []);
  const refusals = claims.flatMap((claim) => claim.refusal ?? []);
  return {
    isShifting: shifting.length > 0,
    mayClose: shifting.some(closes),
    order: ordered?.order,
    ranges: ordered?.ranges,
    wishes: wishing[0]?.wishes,
    version: versions.length === 0 ? undefined : () => versions.reduce((sum, version) => sum + version(), 0),
    refusal: refusals.length === 0 ? undefined : () => firstRefusal(refusals),
    allows: allows.length === 0 ? undefined : (node) => allows.every((isOpen) => isOpen(node)),
    allowsWithout: allowsWithout(claims),
  };
}

/** Undefined where none of them minds who goes. */
function allowsWithout(claims: readonly PlacementContext[]): PlacementContext['allowsWithout'] {
  if (claims.every((claim) => claim.allowsWithout === undefined)) return undefined;
  const all = claims.flatMap((claim) => claim.allowsWithout ?? claim.allows ?? []);
  return (node, gone) => all.every((isOpen) => isOpen(node, gone));
}

/** It may keep a task from nodes that did not change. What only scores keeps nobody from any. */
function closes({ hooks, allows, ranges, followsNodes }: PlacementContext): boolean {
  return followsNodes !== true && (hooks.feasible ?? hooks.feasibleNode ?? allows ?? ranges) !== undefined;
}

function firstRefusal(refusals: readonly (() => Refusal | undefined)[]): Refusal | undefined {
  for (const refuse of refusals) {
    const refusal = refuse();
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

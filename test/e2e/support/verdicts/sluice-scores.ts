import { Bitset } from '../../../../src/lib/bitset.ts';
import type { PluginHooks } from '../../../../src/scheduler/framework/plugin.ts';
import type { Snapshot } from '../../../../src/scheduler/ledger/snapshot.ts';
import type { Task } from '../../../../src/scheduler/model/task.ts';
import { nodeorder } from '../../../../src/scheduler/plugins/nodeorder.ts';

/** Plugins of kube-scheduler that score: the argument of `nodeorder` that stands for each, and its weight there. */
export const SCORERS = {
  NodeAffinity: { argument: 'nodeaffinity.weight', weight: 2 },
  TaintToleration: { argument: 'tainttoleration.weight', weight: 3 },
  NodeResourcesFit: { argument: 'leastrequested.weight', weight: 1 },
  NodeResourcesBalancedAllocation: { argument: 'balancedresource.weight', weight: 1 },
  InterPodAffinity: { argument: 'podaffinity.weight', weight: 2 },
  ImageLocality: { argument: 'imagelocality.weight', weight: 1 },
  PodTopologySpread: { argument: 'podtopologyspread.weight', weight: 2 },
} as const;
export type Scorer = keyof typeof SCORERS;

/** What `nodeorder` gives nodes for one thing alone. */
export class SluiceScores {
  readonly #snapshot: Snapshot;
  readonly #hooks: ReadonlyMap<Scorer, PluginHooks>;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    const none = Object.values(SCORERS).map(({ argument }) => [argument, 0] as const);
    const hooks = scorers().map((scorer) => {
      const weights = new Map<string, number>([...none, [SCORERS[scorer].argument, 1]]);
      return [scorer, nodeorder.make(snapshot, weights, { actions: [] })] as const;
    });
    this.#hooks = new Map(hooks);
  }

  /** Points by node; the nodes are all that could take the task. */
  of(task: Task, scorer: Scorer, names: Iterable<string>): ReadonlyMap<string, number> {
    const hooks = this.#hooks.get(scorer);
    const { nodes } = this.#snapshot;
    const indices = [...names].map((name) => nodes.indexOf(name));
    const usable = new Bitset(nodes.count);
    for (const node of indices) usable.add(node);
    const base = new Float64Array(nodes.count);
    hooks?.score?.(task.class, base, usable);
    hooks?.contextFn?.(task)?.hooks.score?.(task.class, base, usable);
    hooks?.onSessionOpen?.(0, { capacity: () => 0, nodesFor: () => usable, lastingNodesFor: () => usable });
    const wishes = hooks?.wishFn?.(task)?.wishes;
    const wished = wishes?.scores(
      indices.map((node) => wishes.partOf[node] ?? 0),
      indices.map((node) => wishes.levelOf(node)),
    );
    return new Map(
      indices.map((node, i) => {
        const points = (base[node] ?? 0) + (hooks?.scoreNode?.(task.class, node) ?? 0) + (wished?.[i] ?? 0);
        return [nodes.records[node]?.name ?? '', points];
      }),
    );
  }
}

export function scorers(): readonly Scorer[] {
  return Object.keys(SCORERS) as Scorer[];
}

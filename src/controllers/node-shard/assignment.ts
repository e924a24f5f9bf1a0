import type { ShardedScheduler, ShardPolicy } from '../../api/sharding.ts';

/** What decides which shard a node comes into. */
export interface ShardNode {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  /** The part of its CPU that its pods ask for, 0 to 1. */
  readonly cpuShare: number;
}

/** Names of the nodes of each scheduler, sorted; a node is in one shard at most. O(schedulers x nodes log nodes). */
export function assignNodes(
  schedulers: readonly ShardedScheduler[],
  nodes: readonly ShardNode[],
): ReadonlyMap<string, readonly string[]> {
  const taken = new Set<string>();
  // By name where nothing else decides, so that the same nodes are chosen each time.
  const sorted = nodes.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return new Map(
    schedulers.map(({ name, policies }) => {
      const chosen = choose(
        policies,
        sorted.filter((node) => !taken.has(node.name)),
      );
      for (const node of chosen) taken.add(node.name);
      return [name, chosen.map((node) => node.name).toSorted()];
    }),
  );
}

function choose(policies: readonly ShardPolicy[], nodes: readonly ShardNode[]): readonly ShardNode[] {
  const scored = nodes
    .filter((node) => policies.every((policy) => lets(policy, node)))
    .map((node) => ({ node, score: policies.reduce((sum, policy) => sum + score(policy, node), 0) }))
    .toSorted((a, b) => b.score - a.score);
  const most = Math.min(...policies.map((policy) => (policy.name === 'node-limit' ? policy.max : Infinity)));
  return scored.slice(0, most).map(({ node }) => node);
}

function lets(policy: ShardPolicy, { cpuShare }: ShardNode): boolean {
  return policy.name !== 'allocation-rate' || (policy.min <= cpuShare && cpuShare <= policy.max);
}

function score(policy: ShardPolicy, { cpuShare, labels }: ShardNode): number {
  if (policy.name === 'node-limit') return 0;
  if (policy.name === 'warmup') return labels.get(policy.label) === policy.value ? policy.weight : 0;
  const { min, max, weight } = policy;
  return max === min ? 0 : (weight * (cpuShare - min)) / (max - min);
}

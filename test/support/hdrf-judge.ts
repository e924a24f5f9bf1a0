/** A leaf of the tree with what it asks for by resource, or a branch. */
export interface JudgedNode {
  readonly name: string;
  readonly weight: number;
  readonly children: readonly JudgedNode[];
  /** In parts of what the cluster has; empty for a branch. */
  readonly asks: readonly number[];
}

/**
 * Hierarchical dominant resource fairness, slowly and plainly, as the paper has it: from the root down to the child that is
 * worst off by its weight, which gets one small task; again and again. Children that are better off than the worst one count in
 * their parent as if they were not. What each leaf has in the end, in parts of the cluster; `grain` is the dominant share of a task.
 */
export function judge(root: JudgedNode, resources: number, grain: number): ReadonlyMap<string, readonly number[]> {
  const has = new Map<string, number[]>();
  for (;;) {
    const used = sum([...has.values()], resources);
    const isBlocked = (node: JudgedNode): boolean => {
      if (node.children.length > 0) return node.children.every(isBlocked);
      const task = taskOf(node, grain);
      const own = has.get(node.name) ?? [];
      return (
        task.every((part) => part === 0) ||
        task.some((part, r) => part > 0 && (own[r] ?? 0) + part > (node.asks[r] ?? 0) + 1e-9) ||
        task.some((part, r) => part > 0 && (used[r] ?? 0) + part > 1 + 1e-9)
      );
    };
    const vectorOf = (node: JudgedNode): readonly number[] => {
      if (node.children.length === 0) return has.get(node.name) ?? zeros(resources);
      const open = node.children.filter((child) => !isBlocked(child));
      const worst = Math.min(...open.map((child) => Math.max(...vectorOf(child)) / child.weight));
      return sum(
        node.children.map((child) => {
          const vector = vectorOf(child);
          const own = Math.max(...vector) / child.weight;
          const scale = own > worst ? worst / own : 1;
          return vector.map((part) => part * scale);
        }),
        resources,
      );
    };
    if (isBlocked(root)) return has;
    let at = root;
    while (at.children.length > 0) {
      const open = at.children.filter((child) => !isBlocked(child));
      at = open.reduce((best, child) =>
        Math.max(...vectorOf(child)) / child.weight < Math.max(...vectorOf(best)) / best.weight - 1e-12 ? child : best,
      );
    }
    has.set(at.name, [...sum([has.get(at.name) ?? [], taskOf(at, grain)], resources)]);
  }
}

function taskOf({ asks }: JudgedNode, grain: number): readonly number[] {
  const most = Math.max(0, ...asks);
  return asks.map((part) => (most === 0 ? 0 : (part / most) * grain));
}

function sum(vectors: readonly (readonly number[])[], length: number): readonly number[] {
  return zeros(length).map((_, r) => vectors.reduce((all, vector) => all + (vector[r] ?? 0), 0));
}

function zeros(length: number): readonly number[] {
  return Array.from({ length }, () => 0);
}

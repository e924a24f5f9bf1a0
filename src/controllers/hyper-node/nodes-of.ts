import type { HyperNodeRecord } from '../../api/records/hyper-node-record.ts';
import type { NodeRecord } from '../../api/records/node-record.ts';

/** Names of the nodes in a HyperNode and in those below it; HyperNodes that hold each other are looked at once. O(parts x nodes). */
export function nodesOf(
  top: HyperNodeRecord,
  hyperNodes: readonly HyperNodeRecord[],
  nodes: readonly NodeRecord[],
): ReadonlySet<string> {
  const parts = new Set([top]);
  // A set is walked over with what is added to it meanwhile.
  for (const part of parts) {
    for (const other of hyperNodes) if (holds(part, 'HyperNode', other.name)) parts.add(other);
  }
  const found = nodes.filter(({ name, labels }) => [...parts].some((part) => holds(part, 'Node', name, labels)));
  return new Set(found.map(({ name }) => name));
}

/** Names of the HyperNodes that a node is in, or would be. O(HyperNodes squared), for few HyperNodes and rare changes. */
export function holdersOf({ name, labels }: NodeRecord, hyperNodes: readonly HyperNodeRecord[]): readonly string[] {
  const direct = hyperNodes.filter((one) => holds(one, 'Node', name, labels)).map((one) => one.name);
  return [...new Set(direct.flatMap((holder) => above(holder, hyperNodes)))];
}

/** A HyperNode and all that hold it. */
export function above(name: string, hyperNodes: readonly HyperNodeRecord[]): readonly string[] {
  const found = new Set([name]);
  for (const part of found) {
    for (const other of hyperNodes) if (holds(other, 'HyperNode', part)) found.add(other.name);
  }
  return [...found];
}

function holds(
  { members }: HyperNodeRecord,
  kind: 'Node' | 'HyperNode',
  name: string,
  labels: ReadonlyMap<string, string> = NO_LABELS,
): boolean {
  return members.some((entry) => entry.kind === kind && entry.matches(name, labels));
}

const NO_LABELS: ReadonlyMap<string, string> = new Map();

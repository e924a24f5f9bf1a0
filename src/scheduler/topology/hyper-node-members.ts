import type { HyperNodeMembers, HyperNodeRecord } from '../../api/records/hyper-node-record.ts';
import type { NodeRecord } from '../../api/records/node-record.ts';
import { isSame } from '../../lib/same.ts';
import type { DomainSource } from './domain.ts';

type Labels = NodeRecord['labels'];

/** Which nodes a HyperNode selects by expressions and labels, as far as they were looked at. */
interface Selection {
  readonly record: HyperNodeRecord;
  /** By name of the node: its labels as they were looked at, and whether it is selected. */
  readonly known: Map<string, { readonly labels: Labels; readonly isIn: boolean }>;
}

const NO_LABELS: Labels = new Map();

/** What HyperNodes select among nodes and among each other; expressions are asked once a node and HyperNode. */
export class HyperNodeMembership {
  readonly #selections = new Map<string, Selection>();

  /** First O(HyperNodes x nodes), then O(of these that changed). Exact names are looked up. */
  read(records: ReadonlyMap<string, HyperNodeRecord>, nodes: readonly NodeRecord[]): readonly DomainSource[] {
    for (const name of this.#selections.keys()) if (!records.has(name)) this.#selections.delete(name);
    const indices = new Map(nodes.map(({ name }, index) => [name, index]));
    return [...records.values()].map((record) => ({
      name: record.name,
      tier: record.tier,
      tierName: record.tierName,
      nodes: this.#nodesOf(record, nodes, indices),
      children: childrenOf(record, records),
    }));
  }

  #nodesOf(
    record: HyperNodeRecord,
    nodes: readonly NodeRecord[],
    indices: ReadonlyMap<string, number>,
  ): readonly number[] {
    const [exact, wide] = split(record, 'Node');
    const found = new Set(exact.flatMap((name) => indices.get(name) ?? []));
    if (wide.length === 0) return [...found];
    const { known } = this.#selectionOf(record);
    // Of nodes that are gone something would be kept for ever.
    if (known.size > 2 * nodes.length) known.clear();
    for (const [index, { name, labels }] of nodes.entries()) {
      let answer = known.get(name);
      if (answer?.labels !== labels) {
        answer = { labels, isIn: wide.some(({ matches }) => matches(name, labels)) };
        known.set(name, answer);
      }
      if (answer.isIn) found.add(index);
    }
    return [...found];
  }

  #selectionOf(record: HyperNodeRecord): Selection {
    let selection = this.#selections.get(record.name);
    if (selection === undefined || !isSame(selection.record.spec, record.spec)) {
      selection = { record, known: new Map() };
      this.#selections.set(record.name, selection);
    }
    return selection;
  }
}

function childrenOf(record: HyperNodeRecord, records: ReadonlyMap<string, HyperNodeRecord>): readonly string[] {
  const [exact, wide] = split(record, 'HyperNode');
  if (wide.length === 0) return exact;
  const matching = [...records.keys()].filter((name) => wide.some(({ matches }) => matches(name, NO_LABELS)));
  return [...new Set([...exact, ...matching])];
}

function split(
  { members }: HyperNodeRecord,
  kind: HyperNodeMembers['kind'],
): readonly [exact: readonly string[], wide: readonly HyperNodeMembers[]] {
  const own = members.filter((entry) => entry.kind === kind);
  return [own.flatMap(({ exact }) => (exact === '' ? [] : [exact])), own.filter(({ exact }) => exact === '')];
}

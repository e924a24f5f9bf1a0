import type { DeviceInventory, NodeKind } from '../../../../webhooks/accelerators/inventory.ts';
import { isCataloguedLabel, isCataloguedResource } from '../../../../webhooks/accelerators/inventory.ts';
import type { NodeRecord } from '../../../api/records/node-record.ts';

/** More than any cluster has that is bought by the rack; what is posted between threads stays small. */
const MAX_KINDS = 256;

/** One node, or the devices of one kind that it has. */
type OneNode = Omit<NodeKind, 'nodes'>;

/** Which devices nodes publish as resources. Nodes without any cost a look at their resources. O(nodes x resources + nodes with devices x labels). */
export function publishedDevices(nodes: Iterable<NodeRecord>): readonly OneNode[] {
  const found: OneNode[] = [];
  for (const node of nodes) {
    const resources = [...node.allocatable].filter(([name, amount]) => amount > 0 && isCataloguedResource(name));
    if (resources.length === 0) continue;
    const labels = [...node.labels].filter(([key]) => isCataloguedLabel(key));
    found.push({ resources: new Map(resources), labels: new Map(labels) });
  }
  return found;
}

/** By kinds of nodes that are alike in their devices. */
export function deviceInventory(nodes: Iterable<OneNode>): Pick<DeviceInventory, 'kinds' | 'unlisted'> {
  const kinds = new Map<string, { nodes: number } & OneNode>();
  for (const { resources, labels } of nodes) {
    const key = JSON.stringify([[...resources].toSorted(byName), [...labels].toSorted(byName)]);
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, { nodes: 1, resources, labels });
    else known.nodes += 1;
  }
  const all = [...kinds.entries()]
    .toSorted(([keyA, a], [keyB, b]) => b.nodes - a.nodes || (keyA < keyB ? -1 : 1))
    .map(([, kind]) => kind);
  const unlisted = all.slice(MAX_KINDS).reduce((sum, kind) => sum + kind.nodes, 0);
  return { kinds: all.slice(0, MAX_KINDS), unlisted };
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

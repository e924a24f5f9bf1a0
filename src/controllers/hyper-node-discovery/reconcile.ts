import { NETWORK_SOURCE_LABEL } from '../../api/keys.ts';
import type { HyperNodeRecord } from '../../api/records/hyper-node-record.ts';
import type { NodeRecord } from '../../api/records/node-record.ts';
import { apiVersion, HYPER_NODES } from '../../api/resources.ts';
import type { LabelledTopology } from '../../api/topology-discovery.ts';
import type { JsonObject } from '../../lib/json.ts';
import { isSame } from '../../lib/same.ts';
import type { Effect, ObjectRef, WriteEffect } from '../effect.ts';
import { FOUND_BY_LABELS, isFound, networkParts } from './network-part.ts';
import type { NetworkPart } from './network-part.ts';

/** All that decides which HyperNodes labels tell of. */
export interface ObservedNetwork {
  readonly topologies: readonly LabelledTopology[];
  readonly nodes: readonly Pick<NodeRecord, 'name' | 'labels'>[];
  readonly hyperNodes: readonly HyperNodeRecord[];
}

/** Makes and keeps the HyperNodes that labels of nodes tell of, and takes those away that no label tells of any more. */
export function reconcileNetwork({ topologies, nodes, hyperNodes }: ObservedNetwork): readonly Effect[] {
  const parts = networkParts(topologies, nodes, hyperNodes);
  const byName = new Map(hyperNodes.map((one) => [one.name, one]));
  const wanted = new Set(parts.map(({ name }) => name));
  const stale = hyperNodes.filter((one) => isFound(one) && !one.deleting && !wanted.has(one.name));
  const writes = [...parts.flatMap((part) => write(part, byName.get(part.name))), ...stale.map(deletion)];
  return writes.length === 0 ? [] : [{ kind: 'together', writes }];
}

function write(part: NetworkPart, hyperNode: HyperNodeRecord | undefined): readonly WriteEffect[] {
  const { name, key, value } = part;
  const spec = specOf(part);
  if (hyperNode === undefined) {
    const metadata = { name, labels: { [NETWORK_SOURCE_LABEL]: FOUND_BY_LABELS, [key]: value } };
    const body = { apiVersion: apiVersion(HYPER_NODES), kind: HYPER_NODES.kind, metadata, spec };
    return [{ kind: 'create', ...target(name, ''), body }];
  }
  if (isSame(hyperNode.spec, spec)) return [];
  const { uid, resourceVersion } = hyperNode;
  return [{ kind: 'patch', ...target(name, uid), precondition: { uid, resourceVersion }, body: { spec } }];
}

function specOf({ tier, key, members }: NetworkPart): JsonObject {
  const type = tier === 1 ? 'Node' : 'HyperNode';
  return {
    tier,
    tierName: key,
    members: [...members].toSorted().map((name) => ({ type, selector: { exactMatch: { name } } })),
  };
}

function deletion({ name, uid }: HyperNodeRecord): WriteEffect {
  const precondition = { uid, resourceVersion: '' };
  return { kind: 'delete', ...target(name, uid), precondition, propagation: 'Background' };
}

function target(name: string, uid: string): ObjectRef & { readonly regarding: ObjectRef } {
  const ref = { type: HYPER_NODES, namespace: '', name, uid };
  return { ...ref, regarding: ref };
}

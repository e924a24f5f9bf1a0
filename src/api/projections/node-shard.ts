import { arrayAt } from '../../lib/json.ts';
import { MANAGED_BY_LABEL, MANAGED_BY_SLUICE } from '../keys.ts';
import type { NodeShardRecord } from '../records/node-shard-record.ts';
import { readMetadata } from './metadata.ts';

/** The record of a NodeShard; undefined for anything without name or UID. */
export function projectNodeShard(raw: unknown): NodeShardRecord | undefined {
  const { name, uid, resourceVersion, deleting, labels } = readMetadata(raw);
  if (name === '' || uid === '') return undefined;
  const desired = arrayAt(raw, 'spec', 'nodesDesired').filter((node) => typeof node === 'string');
  const isOurs = labels[MANAGED_BY_LABEL] === MANAGED_BY_SLUICE;
  return { name, uid, resourceVersion, deleting, isOurs, desired };
}

import { isJsonObject, member } from '../../lib/json.ts';
import type { CommandRecord } from '../records/command-record.ts';
import { readMetadata, readOwner, text } from './metadata.ts';

/** The record of a Command; undefined for anything without name, namespace or UID. */
export function projectCommand(raw: unknown): CommandRecord | undefined {
  const { name, namespace, uid, resourceVersion, createdMs, deleting } = readMetadata(raw);
  if (name === '' || namespace === '' || uid === '' || !isJsonObject(raw)) return undefined;
  const target = member(raw, 'target');
  return {
    key: `${namespace}/${name}`,
    namespace,
    name,
    uid,
    resourceVersion,
    createdMs,
    deleting,
    action: text(raw, 'action'),
    target: isJsonObject(target) ? readOwner(target) : undefined,
    reason: text(raw, 'reason'),
    message: text(raw, 'message'),
  };
}

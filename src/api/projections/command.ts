import { isJsonObject, member } from '../../lib/json.ts';
import type { CommandRecord } from '../records/command-record.ts';
import { readMetadata, readOwner, text } from './metadata.ts';
import { objectHead } from './object-head.ts';

/** The record of a Command; undefined for anything without name, namespace or UID. */
export function projectCommand(raw: unknown): CommandRecord | undefined {
  const head = objectHead(readMetadata(raw));
  if (head === undefined || !isJsonObject(raw)) return undefined;
  const target = member(raw, 'target');
  return {
    ...head,
    action: text(raw, 'action'),
    target: isJsonObject(target) ? readOwner(target) : undefined,
    reason: text(raw, 'reason'),
    message: text(raw, 'message'),
  };
}

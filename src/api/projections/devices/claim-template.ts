import { UNUSED_SINCE_ANNOTATION } from '../../keys.ts';
import { stringAt } from '../../../lib/json.ts';
import type { ClaimTemplateRecord } from '../../records/claim-template-record.ts';
import { readMetadata } from '../metadata.ts';
import { objectHead } from '../object-head.ts';

/** The record of a ResourceClaimTemplate; undefined for anything without name, namespace or UID. */
export function projectClaimTemplate(raw: unknown): ClaimTemplateRecord | undefined {
  const metadata = readMetadata(raw);
  const head = objectHead(metadata);
  if (head === undefined) return undefined;
  const sinceMs = Date.parse(stringAt(metadata.annotations, [UNUSED_SINCE_ANNOTATION]));
  return { ...head, unusedSinceMs: Number.isNaN(sinceMs) ? undefined : sinceMs };
}

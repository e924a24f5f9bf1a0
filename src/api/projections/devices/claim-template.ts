import { UNUSED_SINCE_ANNOTATION, WISHED_CLAIM_LABEL } from '../../keys.ts';
import { member, objectAt, stringAt } from '../../../lib/json.ts';
import type { ClaimTemplateRecord } from '../../records/claim-template-record.ts';
import { readMetadata } from '../metadata.ts';
import { objectHead } from '../object-head.ts';
import { projectResourceClaim } from './resource-claim.ts';

/** The record of a ResourceClaimTemplate; undefined for anything without name, namespace or UID. */
export function projectClaimTemplate(raw: unknown): ClaimTemplateRecord | undefined {
  const metadata = readMetadata(raw);
  const head = objectHead(metadata);
  if (head === undefined) return undefined;
  const sinceMs = Date.parse(stringAt(metadata.annotations, [UNUSED_SINCE_ANNOTATION]));
  const spec = objectAt(raw, 'spec', 'spec');
  const { uid, name, namespace } = head;
  return {
    ...head,
    isWished: member(objectAt(raw, 'metadata', 'labels'), WISHED_CLAIM_LABEL) === 'true',
    claim: projectResourceClaim({ metadata: { uid, name, namespace }, spec }),
    unusedSinceMs: Number.isNaN(sinceMs) ? undefined : sinceMs,
  };
}

import { objectAt } from '../../lib/json.ts';
import type { VcjobRecord } from '../records/vcjob-record.ts';
import type { VcjobSpec, VcjobStatus } from '../records/vcjob-record.ts';
import { editedMs, readMetadata, textMap, whole } from './metadata.ts';
import { objectHead } from './object-head.ts';

/** The record of a Job of batch.volcano.sh; undefined for anything without name, namespace or UID. */
export function projectVcjob(raw: unknown): VcjobRecord | undefined {
  const metadata = readMetadata(raw);
  const head = objectHead(metadata);
  if (head === undefined) return undefined;
  return {
    ...head,
    generation: whole(objectAt(raw, 'metadata'), 'generation', 0),
    editedMs: editedMs(objectAt(raw, 'metadata')),
    labels: textMap(metadata.labels),
    annotations: textMap(metadata.annotations),
    owner: metadata.owner,
    // The API server has held both to the schema that the types come from.
    spec: objectAt(raw, 'spec') as VcjobSpec,
    status: objectAt(raw, 'status') as VcjobStatus,
  };
}

import { arrayAt, objectAt } from '../../lib/json.ts';
import type { JobflowRecord, JobflowSpec, JobflowStatus } from '../records/jobflow-record.ts';
import type { JobtemplateRecord } from '../records/jobtemplate-record.ts';
import { readSubmitter } from '../submitter-claim.ts';
import { readMetadata } from './metadata.ts';
import { objectHead } from './object-head.ts';

/** The record of a JobFlow; undefined for anything without name, namespace or UID. */
export function projectJobflow(raw: unknown): JobflowRecord | undefined {
  const metadata = readMetadata(raw);
  const head = objectHead(metadata);
  if (head === undefined) return undefined;
  const submitter = readSubmitter(metadata.annotations);
  // The API server has held both to the schema that the types come from.
  const [spec, status] = [objectAt(raw, 'spec') as JobflowSpec, objectAt(raw, 'status') as JobflowStatus];
  return { ...head, submitter, spec, status };
}

/** The record of a JobTemplate; undefined for anything without name, namespace or UID. */
export function projectJobtemplate(raw: unknown): JobtemplateRecord | undefined {
  const head = objectHead(readMetadata(raw));
  if (head === undefined) return undefined;
  const jobs = arrayAt(raw, 'status', 'jobDependsOnList').filter((name) => typeof name === 'string');
  return { ...head, spec: objectAt(raw, 'spec'), jobs };
}

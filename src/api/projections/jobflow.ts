import { arrayAt, objectAt } from '../../lib/json.ts';
import type { JobflowRecord, JobflowSpec, JobflowStatus } from '../records/jobflow-record.ts';
import type { JobtemplateRecord } from '../records/jobtemplate-record.ts';
import { readMetadata } from './metadata.ts';
import { objectHead } from './object-head.ts';

/** The record of a JobFlow; undefined for anything without name, namespace or UID. */
export function projectJobflow(raw: unknown): JobflowRecord | undefined {
  const head = objectHead(readMetadata(raw));
  if (head === undefined) return undefined;
  // The API server has held both to the schema that the types come from.
  return { ...head, spec: objectAt(raw, 'spec') as JobflowSpec, status: objectAt(raw, 'status') as JobflowStatus };
}

/** The record of a JobTemplate; undefined for anything without name, namespace or UID. */
export function projectJobtemplate(raw: unknown): JobtemplateRecord | undefined {
  const head = objectHead(readMetadata(raw));
  if (head === undefined) return undefined;
  const jobs = arrayAt(raw, 'status', 'jobDependsOnList').filter((name) => typeof name === 'string');
  return { ...head, spec: objectAt(raw, 'spec'), jobs };
}

import { POLICIES_PROBLEM_ANNOTATION } from '../keys.ts';
import { readPolicyDocuments } from '../policies/policy-documents.ts';
import type { PolicyMapRecord } from '../records/policy-map-record.ts';
import { readMetadata, text } from './metadata.ts';

/** The record of a ConfigMap with policies; undefined for anything without name or UID. */
export function projectPolicyMap(raw: unknown): PolicyMapRecord | undefined {
  const { name, namespace, uid, resourceVersion, annotations } = readMetadata(raw);
  if (name === '' || uid === '') return undefined;
  const problem = text(annotations, POLICIES_PROBLEM_ANNOTATION);
  const read = readPolicyDocuments(raw, namespace);
  return { key: `${namespace}/${name}`, namespace, name, uid, resourceVersion, problem, ...read };
}

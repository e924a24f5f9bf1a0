import { ADMISSION_ENABLED, ADMISSION_LABEL, QUEUE_NAME_ANNOTATION } from '../keys.ts';
import type { NamespaceRecord } from '../records/namespace-record.ts';
import { labelPairs, readMetadata, text } from './metadata.ts';

/** The record of a Namespace; undefined for anything without a name. */
export function projectNamespace(raw: unknown): NamespaceRecord | undefined {
  const { name, deleting, labels, annotations } = readMetadata(raw);
  if (name === '') return undefined;
  return {
    name,
    deleting,
    labels: labelPairs(labels),
    optedIn: text(labels, ADMISSION_LABEL) === ADMISSION_ENABLED,
    defaultQueue: text(annotations, QUEUE_NAME_ANNOTATION),
  };
}

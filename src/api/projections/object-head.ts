import type { ObjectHead } from '../records/object-head.ts';
import type { Metadata } from './metadata.ts';

/** The head of an object of a namespace; undefined for anything without name, namespace or UID. */
export function objectHead({
  name,
  namespace,
  uid,
  resourceVersion,
  createdMs,
  deleting,
}: Metadata): ObjectHead | undefined {
  if (name === '' || namespace === '' || uid === '') return undefined;
  return { key: `${namespace}/${name}`, namespace, name, uid, resourceVersion, createdMs, deleting };
}

import { readPolicy } from '../../src/api/policies/read-policy.ts';
import type { Policy } from '../../src/api/records/policy.ts';
import { formatFieldError } from '../../src/lib/field-error.ts';
import type { JsonObject } from '../../src/lib/json.ts';

/** A policy of the cluster (`name`), or of a namespace (`namespace/name`), with this spec. Throws for one that cannot be read. */
export function policy(id: string, spec: JsonObject): Policy {
  const [name = '', namespace = ''] = id.split('/').toReversed();
  const read = readPolicy({ metadata: { name }, spec }, namespace, name);
  if (read.kind === 'errors') throw new Error(read.errors.map(formatFieldError).join('; '));
  return read.policy;
}

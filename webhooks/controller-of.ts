import type { OwnerRecord } from '../src/api/records/owner-record.ts';
import { arrayAt, member, stringAt } from '../src/lib/json.ts';

/** The owner that made an object: only `controller: true` counts, others just keep it from being collected. */
export function controllerOf(object: unknown): OwnerRecord | undefined {
  const references = arrayAt(object, 'metadata', 'ownerReferences');
  if (references.length === 0) return undefined;
  const controller = references.find((reference) => member(reference, 'controller') === true);
  if (controller === undefined) return undefined;
  return {
    apiVersion: stringAt(controller, ['apiVersion']),
    kind: stringAt(controller, ['kind']),
    name: stringAt(controller, ['name']),
    uid: stringAt(controller, ['uid']),
  };
}

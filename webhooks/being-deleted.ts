import { memberAt } from '../src/lib/json.ts';
import type { AdmissionRequest } from './admission.ts';

/**
 * True for an update of an object on its way out, which only loses finalizers: nothing may come between.
 * The stored object tells; in the one that is sent anybody may write a deletion time.
 */
export function isBeingDeleted(request: AdmissionRequest): boolean {
  return (
    request.operation === 'UPDATE' && typeof memberAt(request.oldObject, 'metadata', 'deletionTimestamp') === 'string'
  );
}

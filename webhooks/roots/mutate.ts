import type { WorkloadKindSpec } from '../../src/api/kinds/workload-kind.ts';
import type { AdmitFn } from '../admission.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { NO_ANSWERS } from '../question.ts';
import { UNCHANGED } from '../verdict.ts';
import { createRoot } from './create.ts';
import { readReviewedRoot } from './root-facts.ts';
import { updateRoot } from './update.ts';

/** Objects of one workload kind: their gang is planned here, before the first pod exists. */
export function rootMutator(kind: WorkloadKindSpec): AdmitFn {
  return (request, view, answers = NO_ANSWERS) => {
    const { object, oldObject: old, operation, subresource } = request;
    if (object === undefined || subresource !== '' || isBeingDeleted(request)) return UNCHANGED;
    if (operation === 'CREATE') return createRoot(kind, request, object, view, answers);
    if (operation !== 'UPDATE' || old === undefined) return UNCHANGED;
    return updateRoot(
      kind,
      request,
      readReviewedRoot(kind, request, object),
      readReviewedRoot(kind, request, old),
      view,
    );
  };
}

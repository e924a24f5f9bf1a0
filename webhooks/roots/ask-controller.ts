import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { controllerOf } from '../controller-of.ts';
import { askOwner } from '../inheritance.ts';
import type { Question } from '../question.ts';

/** What has to be known of the object that made this one; it matters once, when that happens. */
export function askController(
  { object, operation, namespace }: AdmissionRequest,
  view: ClusterView,
): readonly Question[] {
  return operation === 'CREATE' ? askOwner(controllerOf(object), namespace, view) : [];
}

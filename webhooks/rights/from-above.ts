import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { controllerOf } from '../controller-of.ts';
import { inheritanceOf } from '../inheritance.ts';
import { NO_ANSWERS } from '../question.ts';

/**
 * The queue that a new object has from the one that made it, whose user was asked about: controllers need no right of their own
 * to it. Undefined where the view does not know of such an object.
 */
export function queueFromAbove(
  { object, operation, namespace }: AdmissionRequest,
  view: ClusterView,
): string | undefined {
  if (operation !== 'CREATE') return undefined;
  const inherited = inheritanceOf(controllerOf(object), namespace, view, NO_ANSWERS);
  return inherited?.kind === 'plan' ? inherited.plan.queue : inherited?.queue;
}

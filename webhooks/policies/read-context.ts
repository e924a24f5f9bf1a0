import { labelPairs } from '../../src/api/projections/metadata.ts';
import { NO_LABELS } from '../../src/api/records/label-selector.ts';
import { objectAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { NO_ANSWERS } from '../question.ts';
import type { TemplateFacts } from '../template-facts.ts';
import { NAMESPACE_VIEW } from '../view-kinds.ts';
import type { PolicyContext } from './policy-context.ts';
import { askReview } from './review-input.ts';
import { rootOf } from './root-of.ts';

/** Reads it from a request and the pod or template in its object. O(labels). */
export function policyContext(request: AdmissionRequest, template: TemplateFacts, view: ClusterView): PolicyContext {
  const { group, resource, namespace, username, userGroups, object } = request;
  const namespaceLabels = view.of(NAMESPACE_VIEW).get(namespace)?.labels ?? NO_LABELS;
  return {
    group,
    resource,
    rootOf: template.rootOf ?? (() => rootOf(request, view, NO_ANSWERS)),
    namespace,
    namespaceLabels,
    labels: labelPairs({ ...objectAt(object, 'metadata', 'labels'), ...template.labels }),
    username,
    userGroups,
    ask: (expression) => askReview(expression, request, namespaceLabels),
  };
}

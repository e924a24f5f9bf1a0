import { labelPairs } from '../../src/api/projections/metadata.ts';
import { NO_LABELS } from '../../src/api/records/label-selector.ts';
import type { LabelPairs } from '../../src/api/records/label-selector.ts';
import type { CelError, CelExpression } from '../../src/cel/expression.ts';
import { objectAt } from '../../src/lib/json.ts';
import type { PolicyRoot } from '../../src/api/records/policy.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { NO_ANSWERS } from '../question.ts';
import { rootOf } from './root-of.ts';
import { askReview } from './review-input.ts';
import type { TemplateFacts } from '../template-facts.ts';
import { NAMESPACE_VIEW } from '../view-kinds.ts';

/** What policies look at, of one pod or template. */
export interface PolicyContext {
  readonly group: string;
  readonly resource: string;
  /** What the work begins with; undefined where nobody knows. */
  readonly rootOf: () => PolicyRoot | undefined;
  readonly namespace: string;
  readonly namespaceLabels: LabelPairs;
  /** Of the pods, and of the object where they do not have the key. */
  readonly labels: LabelPairs;
  readonly username: string;
  readonly userGroups: readonly string[];
  /** What an expression says of the review. */
  readonly ask: (expression: CelExpression) => boolean | CelError;
}

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

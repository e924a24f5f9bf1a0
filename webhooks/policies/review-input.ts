import type { LabelPairs } from '../../src/api/records/label-selector.ts';
import type { Bindings, CelError, CelExpression } from '../../src/cel/expression.ts';
import { MAX_STEPS_OF_REVIEW } from '../../src/cel/limits.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import type { AdmissionRequest } from '../admission.ts';

/**
 * Answers expressions about one review. None of them looks at templates, so each is evaluated once, however many templates the object has
 * and however often the policies are asked; and all of them share one budget.
 */
class ReviewAnswers {
  readonly #bindings: Bindings;
  readonly #budget = { left: MAX_STEPS_OF_REVIEW };
  readonly #known = new Map<CelExpression, boolean | CelError>();

  constructor(bindings: Bindings) {
    this.#bindings = bindings;
  }

  of(expression: CelExpression): boolean | CelError {
    const known = this.#known.get(expression);
    if (known !== undefined) return known;
    const answer = expression.evaluate(this.#bindings, this.#budget);
    this.#known.set(expression, answer);
    return answer;
  }
}

/** By request, and by the labels of its namespace, which may change while a review waits. */
const ANSWERS = new WeakMap<AdmissionRequest, { readonly labels: LabelPairs; readonly answers: ReviewAnswers }>();

/** What an expression says of the review. */
export function askReview(
  expression: CelExpression,
  request: AdmissionRequest,
  labels: LabelPairs,
): boolean | CelError {
  const known = ANSWERS.get(request);
  if (known?.labels === labels) return known.answers.of(expression);
  const answers = new ReviewAnswers({
    object: request.object ?? null,
    oldObject: request.oldObject ?? null,
    request: requestInput(request),
    namespaceObject: { metadata: { name: request.namespace, labels: mapOf(labels) } },
  });
  ANSWERS.set(request, { labels, answers });
  return answers.of(expression);
}

function mapOf(labels: LabelPairs): JsonObject {
  const map: Record<string, string> = {};
  for (let i = 0; i < labels.length; i += 2) map[labels[i] ?? ''] = labels[i + 1] ?? '';
  return map;
}

/** The request as the API server gives it to expressions. */
export function requestInput(request: AdmissionRequest): JsonObject {
  const { uid, group, version, resource, subresource, namespace, name, operation, dryRun } = request;
  const extra = Object.fromEntries(Object.entries(request.userExtra).map(([key, values]) => [key, [...values]]));
  const userInfo = { username: request.username, uid: request.userUid, groups: [...request.userGroups], extra };
  const input: Record<string, JsonValue> = { uid, namespace, name, operation, dryRun, userInfo };
  return { ...input, subResource: subresource, resource: { group, version, resource } };
}

import type { LabelPairs } from '../../src/api/records/label-selector.ts';
import type { CelError, CelExpression } from '../../src/cel/expression.ts';
import type { PolicyRoot } from '../../src/api/records/policy.ts';

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

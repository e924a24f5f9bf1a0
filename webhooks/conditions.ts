import { changed } from './cel.ts';
import { CLUSTER_CONTROLLER_EXPRESSION } from './requester.ts';

/** A match condition of a webhook: CEL that the API server evaluates; an error in it counts as a failed review. */
export interface Condition {
  readonly name: string;
  readonly expression: string;
}

/** One expression for all of some conditions, which ends at the first that does not hold. */
export function allOf(conditions: readonly Condition[]): string {
  const [first, ...others] = conditions.map(({ expression }) => expression);
  if (first === undefined) throw new Error('There is no condition to hold');
  return others.length === 0 ? first : [first, ...others].map((one) => `(${one})`).join(' && ');
}

/** Kubelets create nothing but the mirror pods of their static pods. */
export const NOT_FROM_A_NODE: Condition = {
  name: 'not-from-a-node',
  expression: '!("system:nodes" in request.userInfo.groups)',
};

/** What the cluster's own controllers make follows an object that was reviewed. */
export const NOT_FROM_A_CONTROLLER: Condition = {
  name: 'not-from-a-controller',
  expression: `!${CLUSTER_CONTROLLER_EXPRESSION}`,
};

/** Objects on their way out only lose finalizers: with Sluice gone they must go all the same. */
export const NOT_ON_ITS_WAY_OUT: Condition = {
  name: 'not-on-its-way-out',
  expression: 'request.operation != "UPDATE" || !has(oldObject.metadata.deletionTimestamp)',
};

/** Controllers update status, finalizers and owners all the time; no rule is about those. */
export const WORK_CHANGED: Condition = {
  name: 'spec-labels-or-annotations-changed',
  expression: [
    'request.operation != "UPDATE"',
    changed('spec'),
    changed('metadata.labels'),
    changed('metadata.annotations'),
  ].join(' || '),
};

/** Our own writes to a group's metadata (bind plans) are by far the most updates, and there is no rule about those. */
export const SPEC_CHANGED: Condition = {
  name: 'spec-may-have-changed',
  expression: `request.operation != "UPDATE" || ${changed('spec')}`,
};

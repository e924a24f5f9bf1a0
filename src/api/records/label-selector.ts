/** One requirement on the labels of an object; `NotIn` and `DoesNotExist` hold where the label is absent, as in Kubernetes. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
}

/** All of them must hold; an empty selector matches everything, an absent one nothing. */
export type LabelSelector = readonly LabelRequirement[] | undefined;

/** Labels as key, value, key, value and so on, sorted by key: half the memory of a map. */
export type LabelPairs = readonly string[];

export const NO_LABELS: LabelPairs = [];

/** Undefined when the label is absent. O(labels). */
export function labelValue(labels: LabelPairs, key: string): string | undefined {
  for (let i = 0; i < labels.length; i += 2) if (labels[i] === key) return labels[i + 1];
  return undefined;
}

/** Whether the labels are what the selector asks for. O(requirements x labels). */
export function selects(selector: LabelSelector, labels: LabelPairs): boolean {
  return (
    selector !== undefined && selector.every((requirement) => holds(requirement, labelValue(labels, requirement.key)))
  );
}

export function areSameLabels(a: LabelPairs, b: LabelPairs): boolean {
  return a === b || (a.length === b.length && a.every((text, i) => text === b[i]));
}

function holds({ operator, values }: LabelRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}

import { arrayAt, isJsonObject, objectAt } from '../../lib/json.ts';
import type { LabelRequirement, LabelSelector } from '../records/label-selector.ts';
import { text, textMap } from './metadata.ts';

/** Undefined for none, and as soon as a requirement cannot be read: leaving it out would match more than was asked for. */
export function readSelector(raw: unknown): LabelSelector {
  if (!isJsonObject(raw)) return undefined;
  const labels = [...textMap(objectAt(raw, 'matchLabels'))];
  const pairs = labels.map(([key, value]): LabelRequirement => ({ key, operator: 'In', values: [value] }));
  const expressions = arrayAt(raw, 'matchExpressions').map(requirement);
  const known = expressions.filter((entry) => entry !== undefined);
  return known.length === expressions.length ? distinctRequirements([...pairs, ...known]) : undefined;
}

function requirement(raw: unknown): LabelRequirement | undefined {
  if (!isJsonObject(raw)) return undefined;
  const operator = OPERATORS.get(text(raw, 'operator'));
  if (operator === undefined) return undefined;
  const values = arrayAt(raw, 'values').filter((value) => typeof value === 'string');
  return { key: text(raw, 'key'), operator, values: values.toSorted() };
}

const OPERATORS: ReadonlyMap<string, LabelRequirement['operator']> = new Map(
  (['In', 'NotIn', 'Exists', 'DoesNotExist'] as const).map((operator) => [operator, operator]),
);

/** Sorted and without repeats: the order of requirements means nothing. */
export function distinctRequirements(requirements: readonly LabelRequirement[]): readonly LabelRequirement[] {
  const byText = new Map(requirements.map((entry) => [JSON.stringify(entry), entry]));
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

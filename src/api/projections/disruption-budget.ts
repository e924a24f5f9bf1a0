import { objectAt } from '../../lib/json.ts';
import type { DisruptionBudgetRecord } from '../records/disruption-budget-record.ts';
import { readSelector } from './label-selector.ts';
import { readMetadata, whole } from './metadata.ts';

/** The record of a PodDisruptionBudget; undefined for anything without name or namespace. */
export function projectDisruptionBudget(raw: unknown): DisruptionBudgetRecord | undefined {
  const { name, namespace } = readMetadata(raw);
  if (name === '' || namespace === '') return undefined;
  const status = objectAt(raw, 'status');
  const isStale = whole(status, 'observedGeneration', 0) < whole(objectAt(raw, 'metadata'), 'generation', 0);
  return {
    key: `${namespace}/${name}`,
    namespace,
    name,
    selector: readSelector(objectAt(raw, 'spec')['selector']),
    allowed: isStale ? 0 : Math.max(0, whole(status, 'disruptionsAllowed', 0)),
  };
}

import { arrayAt, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { quantityToUnits } from '../../lib/quantity.ts';
import type { Rounding } from '../../lib/quantity.ts';
import { resourceUnit } from '../amounts.ts';
import type { QuotaAmount, QuotaScope, ResourceQuotaRecord } from '../records/resource-quota-record.ts';
import { objects, readMetadata, text } from './metadata.ts';

/** The record of a ResourceQuota; undefined for anything without name or namespace. */
export function projectResourceQuota(raw: unknown): ResourceQuotaRecord | undefined {
  const { name, namespace } = readMetadata(raw);
  if (name === '' || namespace === '') return undefined;
  const spec = objectAt(raw, 'spec');
  return {
    key: `${namespace}/${name}`,
    namespace,
    amounts: amounts(objectAt(spec, 'hard'), objectAt(objectAt(raw, 'status'), 'used')),
    scopes: scopes(spec),
  };
}

/** Nothing is said of what the controller of quotas has not counted yet. */
function amounts(hard: JsonObject, used: JsonObject): readonly QuotaAmount[] {
  return Object.keys(hard)
    .toSorted()
    .flatMap((name): readonly QuotaAmount[] => {
      const resource = requested(name);
      if (resource === undefined) return [];
      const [most, held] = [units(hard, name, 'down'), units(used, name, 'up')];
      return most === undefined || held === undefined ? [] : [{ name, resource, hard: most, used: held }];
    });

  function units(list: JsonObject, name: string, rounding: Rounding): number | undefined {
    return quantityToUnits(list[name], resourceUnit(requested(name) ?? name), rounding);
  }
}

/** The resource of pods that a name in a quota stands for; undefined for one that is about something else. */
function requested(name: string): string | undefined {
  if (name === 'count/pods') return 'pods';
  if (PLAIN.has(name) || name.startsWith('hugepages-')) return name;
  if (!name.startsWith(REQUESTS) || name === 'requests.storage') return undefined;
  return name.slice(REQUESTS.length);
}

const REQUESTS = 'requests.';
const PLAIN: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage', 'pods']);

/** The short form of a scope says that it holds. */
function scopes(spec: JsonObject): readonly QuotaScope[] {
  const short = arrayAt(spec, 'scopes')
    .filter((scope) => typeof scope === 'string')
    .map((scope): QuotaScope => ({ scope, operator: 'Exists', values: [] }));
  const long = objects(objectAt(spec, 'scopeSelector'), 'matchExpressions').map((entry): QuotaScope => ({
    scope: text(entry, 'scopeName'),
    operator: text(entry, 'operator'),
    values: arrayAt(entry, 'values').filter((value) => typeof value === 'string'),
  }));
  return [...short, ...long];
}

import type { ResourceGroup } from '../api/resource-group.ts';
import { fieldError } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { isJsonObject, member, memberAt, objectAt, stringAt } from '../lib/json.ts';
import type { JsonObject, JsonValue } from '../lib/json.ts';
import type { Reading } from './reading.ts';
import { listAt, refuseOtherKeys } from './read-shape.ts';

/** Volcano's: pods say in it which group they belong to, where a group does not say it otherwise. */
const RESOURCE_GROUP_ANNOTATION = 'volcano.sh/resource-group';

const FIELDS = ['resourceGroup', 'object', 'schedulerName', 'tolerations', 'labels', 'affinity'];

/** Reads Volcano's admission configuration (`resourceGroups[]`), and tells all mistakes at once. */
export function readResourceGroups(raw: unknown): Reading<readonly ResourceGroup[]> {
  if (raw === null) return { kind: 'value', value: [], trimmed: [] };
  const errors: FieldError[] = [];
  if (!isJsonObject(raw)) errors.push(fieldError('(root)', 'FieldValueInvalid', raw, 'must be a map'));
  refuseOtherKeys(raw, ['resourceGroups'], '', errors);
  const groups = listAt(raw, 'resourceGroups', 'resourceGroups', errors).map((each, at) =>
    readGroup(each, `resourceGroups[${at}]`, errors),
  );
  return errors.length > 0 ? { kind: 'errors', errors } : { kind: 'value', value: groups, trimmed: [] };
}

function readGroup(raw: JsonValue, path: string, errors: FieldError[]): ResourceGroup {
  refuseOtherKeys(raw, FIELDS, path, errors);
  const name = stringAt(raw, ['resourceGroup']);
  if (name === '') errors.push(fieldError(`${path}.resourceGroup`, 'FieldValueRequired', undefined, 'must be a name'));
  return {
    name,
    ...readPods(raw, name, `${path}.object`, errors),
    schedulerName: stringAt(raw, ['schedulerName']),
    nodeSelector: readLabels(raw, `${path}.labels`, errors),
    tolerations: readTolerations(raw, `${path}.tolerations`, errors),
    affinity: readAffinity(member(raw, 'affinity'), `${path}.affinity`, errors),
  };
}

type Pods = Pick<ResourceGroup, 'namespaces' | 'annotations'>;

function readPods(raw: JsonValue, name: string, path: string, errors: FieldError[]): Pods {
  const key = stringAt(raw, ['object', 'key']);
  const values = listAt(memberAt(raw, 'object'), 'value', `${path}.value`, errors);
  if (key === 'namespace') return { namespaces: new Set(values.filter(isText)), annotations: [] };
  const named = key === '' ? [{ key: RESOURCE_GROUP_ANNOTATION, value: name }] : [];
  if (key !== '' && key !== 'annotation')
    errors.push(fieldError(`${path}.key`, 'FieldValueNotSupported', key, 'must be namespace or annotation'));
  const annotations = values.flatMap((each, at) => readAnnotation(each, `${path}.value[${at}]`, errors));
  return { namespaces: new Set(), annotations: [...named, ...(key === 'annotation' ? annotations : [])] };
}

function readAnnotation(raw: JsonValue, path: string, errors: FieldError[]): Pods['annotations'] {
  const [, key = '', value = ''] = (isText(raw) && /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/.exec(raw)) || [];
  if (key !== '') return [{ key, value: value.replaceAll(/^["']|["']$/g, '') }];
  errors.push(fieldError(path, 'FieldValueInvalid', raw, 'must be "key: value"'));
  return [];
}

function readLabels(raw: JsonValue, path: string, errors: FieldError[]): Readonly<Record<string, string>> {
  const entries = Object.entries(objectAt(raw, 'labels'));
  return Object.fromEntries(
    entries.flatMap(([key, value]) => {
      if (isText(value)) return [[key, value] as const];
      errors.push(fieldError(`${path}[${key}]`, 'FieldValueInvalid', value, 'must be text'));
      return [];
    }),
  );
}

function readTolerations(raw: JsonValue, path: string, errors: FieldError[]): readonly JsonObject[] {
  return listAt(raw, 'tolerations', path, errors).flatMap((each, at) => {
    if (isJsonObject(each)) return [each];
    errors.push(fieldError(`${path}[${at}]`, 'FieldValueInvalid', each, 'must be a map'));
    return [];
  });
}

/** Volcano has it as JSON in a text; a map is easier to write. */
function readAffinity(raw: JsonValue | undefined, path: string, errors: FieldError[]): JsonObject | undefined {
  if (raw === undefined || raw === null || raw === '') return undefined;
  const value = isText(raw) ? parsed(raw) : raw;
  if (isJsonObject(value)) return value;
  errors.push(fieldError(path, 'FieldValueInvalid', raw, 'must be an affinity, as JSON or as a map'));
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

import { VGPU_CORES, VGPU_MEMORY, VGPU_MEMORY_PERCENTAGE, VGPU_NUMBER } from '../api/cards/card-resources.ts';
import type { MigGeometry, MigProfile, ModelGeometries } from '../api/cards/mig-geometries.ts';
import { fieldError } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { isJsonObject, member, stringAt } from '../lib/json.ts';
import type { JsonValue } from '../lib/json.ts';
import type { Reading } from './reading.ts';
import { listAt } from './read-shape.ts';

const TOP = 'nvidia.knownMigGeometries';
/** Names that the device plugin could give its resources; pods ask for the usual ones. */
const RESOURCES: Readonly<Record<string, string>> = {
  resourceCountName: VGPU_NUMBER,
  resourceMemoryName: VGPU_MEMORY,
  resourceMemoryPercentageName: VGPU_MEMORY_PERCENTAGE,
  resourceCoreName: VGPU_CORES,
};
/** No card is cut into more of one size; positions in annotations have four digits at most. */
const MOST_INSTANCES = 64;
/** MiB: more than any machine has. */
const MOST_MEMORY = 1e9;
/** The device plugin ends the name at a dash; the others would end what it stands in. */
const GROUP = /^[^-[\],:;\s]{1,63}$/;

/**
 * Reads in which ways cards are cut (`nvidia.knownMigGeometries[]`) from the configuration of Volcano's device plugin for vGPUs;
 * undefined where it says nothing. Most of the rest is the device plugin's own.
 */
export function readGeometries(raw: unknown): Reading<readonly ModelGeometries[] | undefined> {
  const errors: FieldError[] = [];
  if (raw !== null && !isJsonObject(raw)) errors.push(fieldError('(root)', 'FieldValueInvalid', raw, 'must be a map'));
  const nvidia = member(raw, 'nvidia') ?? null;
  if (nvidia !== null && !isJsonObject(nvidia)) {
    errors.push(fieldError('nvidia', 'FieldValueInvalid', nvidia, 'must be a map'));
  }
  const factor = wholeAt(nvidia, 'gpuMemoryFactor', { path: 'nvidia', most: MOST_MEMORY, fallback: 1 }, errors);
  const list = listAt(nvidia, 'knownMigGeometries', TOP, errors);
  const models = list.map((each, at) => readModels(each, `${TOP}[${at}]`, factor, errors));
  if (errors.length > 0) return { kind: 'errors', errors };
  return { kind: 'value', value: list.length === 0 ? undefined : models, trimmed: otherNames(nvidia) };
}

function readModels(raw: JsonValue, path: string, factor: number, errors: FieldError[]): ModelGeometries {
  const models = listAt(raw, 'models', `${path}.models`, errors);
  const isNamed = models.length > 0 && models.every((model) => typeof model === 'string' && model.trim() !== '');
  if (!isNamed) {
    errors.push(fieldError(`${path}.models`, 'FieldValueRequired', models, 'must be a list of names of models'));
  }
  const at = `${path}.allowedGeometries`;
  const list = listAt(raw, 'allowedGeometries', at, errors);
  if (list.length === 0) errors.push(fieldError(at, 'FieldValueRequired', undefined, 'must have at least one group'));
  const geometries = list.map((each, i) => readGeometry(each, `${at}[${i}]`, factor, errors));
  refuseTwice(
    geometries.map(({ group }) => group),
    (i) => `${at}[${i}].group`,
    errors,
  );
  return { models: models.map(String), geometries };
}

function readGeometry(raw: JsonValue, path: string, factor: number, errors: FieldError[]): MigGeometry {
  const group = stringAt(raw, ['group']);
  if (!GROUP.test(group)) {
    const message = 'must be a name without spaces, dashes, brackets, commas, colons and semicolons';
    errors.push(fieldError(`${path}.group`, group === '' ? 'FieldValueRequired' : 'FieldValueInvalid', group, message));
  }
  const at = `${path}.geometries`;
  const list = listAt(raw, 'geometries', at, errors);
  if (list.length === 0)
    errors.push(fieldError(at, 'FieldValueRequired', undefined, 'must have at least one instance'));
  const profiles = list.map((each, i) => readProfile(each, `${at}[${i}]`, factor, errors));
  refuseTwice(
    profiles.map(({ name }) => name),
    (i) => `${at}[${i}].name`,
    errors,
  );
  return { group, profiles };
}

/** Memory stands in MiB there, and is asked for in the unit of the device plugin. */
function readProfile(raw: JsonValue, path: string, factor: number, errors: FieldError[]): MigProfile {
  const name = stringAt(raw, ['name']);
  if (name === '') errors.push(fieldError(`${path}.name`, 'FieldValueRequired', '', 'must be a name such as 1g.10gb'));
  const memory = wholeAt(raw, 'memory', { path, most: MOST_MEMORY }, errors);
  const count = wholeAt(raw, 'count', { path, most: MOST_INSTANCES }, errors);
  return { name, memory: Math.floor(memory / factor), count };
}

interface Bounds {
  readonly path: string;
  readonly most: number;
  readonly fallback?: number;
}

function wholeAt(raw: unknown, key: string, { path, most, fallback }: Bounds, errors: FieldError[]): number {
  const value = member(raw, key) ?? fallback;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value;
  const kind = value === undefined ? 'FieldValueRequired' : 'FieldValueInvalid';
  errors.push(fieldError(`${path}.${key}`, kind, value, `must be a whole number from 1 to ${most}`));
  return 1;
}

function refuseTwice(names: readonly string[], pathOf: (at: number) => string, errors: FieldError[]): void {
  for (const [at, name] of names.entries()) {
    if (name === '' || names.indexOf(name) === at) continue;
    errors.push(fieldError(pathOf(at), 'FieldValueDuplicate', name, 'is told twice'));
  }
}

function otherNames(nvidia: JsonValue): readonly FieldError[] {
  return Object.entries(RESOURCES).flatMap(([key, usual]) => {
    const name = member(nvidia, key) ?? usual;
    if (name === usual || name === '') return [];
    return [fieldError(`nvidia.${key}`, 'FieldValueNotSupported', name, `is not followed: pods ask for ${usual}`)];
  });
}

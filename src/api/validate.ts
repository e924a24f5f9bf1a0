import { fieldError, keyPath } from '../lib/field-error.ts';
import type { FieldError, FieldErrorKind } from '../lib/field-error.ts';
import { isJsonObject, member } from '../lib/json.ts';
import { QUANTITY_PATTERN } from '../lib/quantity.ts';
import { validateColocationConfiguration as colocationConfigurationValidator } from './generated/colocation-configuration-validator.js';
import { validateCronJob as cronVcjobValidator } from './generated/cron-vcjob-validator.js';
import { validateHyperNode as hyperNodeValidator } from './generated/hyper-node-validator.js';
import { validateNodeShard as nodeShardValidator } from './generated/node-shard-validator.js';
import { validateNumatopology as numatopologyValidator } from './generated/numatopology-validator.js';
import { validateDataset as datasetValidator } from './generated/dataset-validator.js';
import { validateCommand as commandValidator } from './generated/command-validator.js';
import { validateJobFlow as jobflowValidator } from './generated/jobflow-validator.js';
import { validateJobTemplate as jobtemplateValidator } from './generated/jobtemplate-validator.js';
import { validateNamespacedWorkloadPolicy as namespacedPolicyValidator } from './generated/namespaced-workload-policy-validator.js';
import { validatePodGroup as podGroupValidator } from './generated/pod-group-validator.js';
import { validateQueue as queueValidator } from './generated/queue-validator.js';
import { validateWorkloadKind as workloadKindValidator } from './generated/workload-kind-validator.js';
import { validateJob as vcjobValidator } from './generated/vcjob-validator.js';
import { validateWorkloadPolicy as policyValidator } from './generated/workload-policy-validator.js';
import { LABEL_PATTERN, NO_COLON_PATTERN, SUBDOMAIN_PATTERN } from './patterns.ts';
import type { SchemaError, SchemaValidator } from './schema-error.ts';

/** What the schema of Queue has against an object; empty when nothing. Members that are null count as absent. */
export function validateQueue(object: unknown): readonly FieldError[] {
  return validate(queueValidator, object);
}

/** What the schema of PodGroup has against an object; empty when nothing. Members that are null count as absent. */
export function validatePodGroup(object: unknown): readonly FieldError[] {
  return validate(podGroupValidator, object);
}

/** What the schema of Dataset has against an object; empty when nothing. Members that are null count as absent. */
export function validateDataset(object: unknown): readonly FieldError[] {
  return validate(datasetValidator, object);
}

/** What the schema of WorkloadKind has against an object; empty when nothing. Members that are null count as absent. */
export function validateWorkloadKind(object: unknown): readonly FieldError[] {
  return validate(workloadKindValidator, object);
}

/** What the schema of WorkloadPolicy has against an object; empty when nothing. Members that are null count as absent. */
export function validateWorkloadPolicy(object: unknown): readonly FieldError[] {
  return validate(policyValidator, object);
}

/** What the schema of NamespacedWorkloadPolicy has against an object; empty when nothing. Members that are null count as absent. */
export function validateNamespacedWorkloadPolicy(object: unknown): readonly FieldError[] {
  return validate(namespacedPolicyValidator, object);
}

/** What the schema of Volcano's Job has against an object; empty when nothing. Members that are null count as absent. */
export function validateVcjob(object: unknown): readonly FieldError[] {
  return validate(vcjobValidator, object);
}

/** What the schema of Command has against an object; empty when nothing. Members that are null count as absent. */
export function validateCommand(object: unknown): readonly FieldError[] {
  return validate(commandValidator, object);
}

/** What the schema of ColocationConfiguration has against an object; empty when nothing. Members that are null count as absent. */
export function validateColocationConfiguration(object: unknown): readonly FieldError[] {
  return validate(colocationConfigurationValidator, object);
}

/** What the schema of Volcano's CronJob has against an object; empty when nothing. Members that are null count as absent. */
export function validateCronVcjob(object: unknown): readonly FieldError[] {
  return validate(cronVcjobValidator, object);
}

/** What the schema of HyperNode has against an object; empty when nothing. Members that are null count as absent. */
export function validateHyperNode(object: unknown): readonly FieldError[] {
  return validate(hyperNodeValidator, object);
}

/** What the schema of NodeShard has against an object; empty when nothing. Members that are null count as absent. */
export function validateNodeShard(object: unknown): readonly FieldError[] {
  return validate(nodeShardValidator, object);
}

/** What the schema of Numatopology has against an object; empty when nothing. Members that are null count as absent. */
export function validateNumatopology(object: unknown): readonly FieldError[] {
  return validate(numatopologyValidator, object);
}

/** What the schema of JobFlow has against an object; empty when nothing. Members that are null count as absent. */
export function validateJobflow(object: unknown): readonly FieldError[] {
  return validate(jobflowValidator, object);
}

/** What the schema of JobTemplate has against an object; empty when nothing. Members that are null count as absent. */
export function validateJobtemplate(object: unknown): readonly FieldError[] {
  return validate(jobtemplateValidator, object);
}

/** Objects with more values or levels than this are not looked at: every value can cost an error object. */
const MAX_VALUES = 50_000;
const MAX_DEPTH = 32;
/** Nobody reads more, and the answer of a webhook has to stay small. */
const MAX_ERRORS = 20;

function validate(validator: SchemaValidator, object: unknown): readonly FieldError[] {
  const budget = { values: MAX_VALUES };
  const present = withoutNulls(object, MAX_DEPTH, budget);
  if (budget.values < 0)
    return [fieldError('', 'FieldValueInvalid', undefined, 'is too large or too deep to be checked')];
  if (validator(present)) return [];
  const errors = (validator.errors ?? []).filter((error) => !isBranch(error)).slice(0, MAX_ERRORS);
  return errors.map((error) => translate(error, present));
}

/** An API server drops null members before it validates, so they are dropped here too. Nulls in lists stay: errors. */
function withoutNulls(value: unknown, depth: number, budget: { values: number }): unknown {
  budget.values -= 1;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) budget.values = -1;
  if (budget.values < 0) return undefined;
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, depth - 1, budget));
  const kept = Object.entries(value).filter(([, child]) => child !== null && child !== undefined);
  return Object.fromEntries(kept.map(([key, child]) => [key, withoutNulls(child, depth - 1, budget)]));
}

/** What a single branch of an alternative says helps nobody; the alternative itself reports too. */
function isBranch(error: SchemaError): boolean {
  return /\/anyOf\/\d/.test(error.schemaPath);
}

function translate(error: SchemaError, object: unknown): FieldError {
  const { path, value } = locate(error, object);
  if (error.keyword === 'required') {
    const missing = String(error.params['missingProperty']);
    return fieldError(path === '' ? missing : `${path}.${missing}`, 'FieldValueRequired', undefined, 'is required');
  }
  return fieldError(path, kindOf(error), value, message(error));
}

/**
 * The field's path in Kubernetes' notation and its value. The schema's path tells what a step of the other is:
 * `spec.minTaskMember[worker]` or `spec.minTaskMember.worker` can't be told from the instance alone.
 */
function locate(error: SchemaError, object: unknown): { readonly path: string; readonly value: unknown } {
  const schemaSteps = error.schemaPath.split('/').slice(1);
  let path = '';
  let value: unknown = object;
  for (const step of error.instancePath.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    const isMember = schemaSteps.shift() === 'properties';
    if (isMember) schemaSteps.shift();
    path = isMember ? `${path}${path === '' ? '' : '.'}${key}` : keyPath(path, key);
    value = Array.isArray(value) ? (value as readonly unknown[])[Number(key)] : member(value, key);
  }
  return { path, value: isJsonObject(value) || Array.isArray(value) ? undefined : value };
}

function kindOf(error: SchemaError): FieldErrorKind {
  return error.keyword === 'enum' ? 'FieldValueNotSupported' : 'FieldValueInvalid';
}

function message({ keyword, params }: SchemaError): string {
  return (MESSAGES.get(keyword) ?? (() => `breaks the rule ${keyword}`))(params);
}

type Say = (params: SchemaError['params']) => string;

const MESSAGES: ReadonlyMap<string, Say> = new Map<string, Say>([
  ['type', ({ type }) => `must be ${TYPES.get(String(type)) ?? String(type)}`],
  ['anyOf', () => 'must be a text or a whole number'],
  ['enum', ({ allowedValues }) => `must be one of ${[allowedValues].flat().join(', ')}`],
  ['minimum', ({ limit }) => `must be at least ${String(limit)}`],
  ['maximum', ({ limit }) => `must be at most ${String(limit)}`],
  ['minLength', () => 'must not be empty'],
  ['minItems', ({ limit }) => `must have at least ${String(limit)} items`],
  ['minProperties', ({ limit }) => `must have at least ${String(limit)} entries`],
  ['maxLength', ({ limit }) => `must have at most ${String(limit)} characters`],
  ['maxItems', ({ limit }) => `must have at most ${String(limit)} items`],
  ['maxProperties', ({ limit }) => `must have at most ${String(limit)} entries`],
  ['pattern', ({ pattern }) => PATTERNS.get(String(pattern)) ?? 'must be a time such as 2030-01-31T12:00:00Z'],
]);

const PATTERNS: ReadonlyMap<string, string> = new Map([
  [QUANTITY_PATTERN, 'must be a Kubernetes quantity such as 2, 500m or 16Gi'],
  [LABEL_PATTERN, 'must consist of lower case letters, digits and -, and begin and end with a letter or digit'],
  [SUBDOMAIN_PATTERN, 'must be a DNS name in lower case'],
  [NO_COLON_PATTERN, 'must not contain a colon'],
]);

const TYPES: ReadonlyMap<string, string> = new Map([
  ['object', 'an object'],
  ['array', 'a list'],
  ['string', 'a text'],
  ['integer', 'a whole number'],
  ['boolean', 'true or false'],
]);

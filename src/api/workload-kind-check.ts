import { parseAmounts } from './amounts.ts';
import { fieldError } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { EACH_ENTRY, EACH_ITEM, parseFieldPath } from './field-path.ts';
import type { RoleRule, SizeRule, WorkloadKindSpec } from './kinds/workload-kind.ts';

/** How far a path may lead: to one field, to many values, or to where many roles are. */
type Reach = 'field' | 'values' | 'roles';

/** What a WorkloadKind has against itself that the schema cannot say. The object has passed the schema. */
export function checkWorkloadKind({ spec }: { readonly spec: WorkloadKindSpec }): readonly FieldError[] {
  const { grouping, roles = [], replicaLabel, pods } = spec;
  const isPlanned = grouping === 'Workload' || grouping === 'Replica';
  return [
    ...(isPlanned && roles.length === 0 ? [required('spec.roles', `${grouping} forms gangs of them`)] : []),
    ...(grouping === 'Replica' && replicaLabel === undefined ? [required('spec.replicaLabel', REPLICAS)] : []),
    ...(isPlanned && pods === undefined && roles.length > 1 ? [required('spec.pods', ROLES_OF_PODS)] : []),
    ...(isPlanned ? [] : idleFields(spec)),
    ...(grouping !== 'Replica' && replicaLabel !== undefined
      ? [idle('spec.replicaLabel', replicaLabel, grouping)]
      : []),
    ...checkPaths('spec.queue', spec.queue),
    ...checkPaths('spec.priorityClass', spec.priorityClass),
    ...checkPath('spec.minAvailable', spec.minAvailable),
    ...checkPath('spec.suspend', spec.suspend),
    ...checkPath('spec.suspendWhen.path', spec.suspendWhen?.path),
    ...checkKept(spec),
    ...checkNamed('spec.pods.named', pods?.named),
    ...roles.flatMap((role, at) => checkRole(`spec.roles[${at}]`, role)),
  ];
}

function checkKept({ notPreemptible = [] }: WorkloadKindSpec): readonly FieldError[] {
  return notPreemptible.flatMap(({ path }, at) => checkPath(`spec.notPreemptible[${at}].path`, path));
}

type NameRule = NonNullable<WorkloadKindSpec['pods']>['named'];

function checkNamed(path: string, named: NameRule): readonly FieldError[] {
  return [...checkPath(`${path}.path`, named?.path), ...checkPath(`${path}.when.path`, named?.when?.path)];
}

const REPLICAS = 'pods say by a label of which replica they are';
const ROLES_OF_PODS = 'pods of several roles have to tell theirs';

/** What only a gang has. */
const PLANNED_ONLY = [
  'roles',
  'minAvailable',
  'priorityClass',
  'suspend',
  'suspendWhen',
  'notPreemptible',
  'pods',
  'children',
] as const;

/** What has no effect is refused, or somebody would rely on it. */
function idleFields(spec: WorkloadKindSpec): readonly FieldError[] {
  return PLANNED_ONLY.filter((field) => spec[field] !== undefined).map((field) =>
    idle(`spec.${field}`, '', spec.grouping),
  );
}

function idle(path: string, value: string, grouping: string): FieldError {
  return fieldError(path, 'FieldValueForbidden', value, `has no effect with grouping ${grouping}; leave it out`);
}

function required(path: string, why: string): FieldError {
  return fieldError(path, 'FieldValueRequired', undefined, `is required: ${why}`);
}

function checkRole(path: string, role: RoleRule): readonly FieldError[] {
  const { at, keys, name, nameFrom, unless, stage } = role;
  const last = at === undefined ? undefined : parseFieldPath(at)?.steps.at(-1);
  const isNamed = name !== undefined || nameFrom !== undefined || last === EACH_ENTRY;
  const isMany = last === EACH_ENTRY || last === EACH_ITEM;
  return [
    ...checkPath(`${path}.at`, at, 'roles'),
    ...(isNamed ? [] : [required(`${path}.name`, 'only the entries of a map have names of their own')]),
    ...(keys !== undefined && last !== EACH_ENTRY ? [unfit(`${path}.keys`, 'at has to end in .* for it')] : []),
    ...(name !== undefined && isMany ? [unfit(`${path}.name`, 'many roles would have one name; use nameFrom')] : []),
    ...ROLE_PATHS.flatMap((field) => checkPath(`${path}.${field}`, role[field])),
    ...checkPath(`${path}.unless.path`, unless?.path),
    ...(stage === undefined ? [] : checkStage(`${path}.stage`, stage)),
    ...checkNumbers(path, role),
  ];
}

const ROLE_PATHS = ['nameFrom', 'template', 'podSpec', 'sizeFrom', 'suspended'] as const;

function checkStage(path: string, { when, inOrderWhen, after }: NonNullable<RoleRule['stage']>): readonly FieldError[] {
  return [
    ...checkPath(`${path}.when.path`, when?.path),
    ...checkPath(`${path}.inOrderWhen.path`, inOrderWhen?.path),
    ...checkPath(`${path}.after`, after, 'values'),
  ];
}

function checkNumbers(path: string, { count = [], lowerBounds = [], size = [] }: RoleRule): readonly FieldError[] {
  return [
    ...count.flatMap(({ path: number, atMost = [], per, of }, at) => [
      ...checkPath(`${path}.count[${at}].path`, number),
      ...checkPath(`${path}.count[${at}].of.list`, of?.list, 'roles'),
      ...checkPath(`${path}.count[${at}].of.names`, of?.names, 'values'),
      ...atMost.flatMap((limit, i) => checkPath(`${path}.count[${at}].atMost[${i}]`, limit)),
      ...checkPath(`${path}.count[${at}].per`, per),
    ]),
    ...lowerBounds.flatMap(({ path: number, when }, at) => [
      ...checkPath(`${path}.lowerBounds[${at}].path`, number),
      ...checkPath(`${path}.lowerBounds[${at}].when.path`, when?.path),
    ]),
    ...size.flatMap((one, at) => checkSize(`${path}.size[${at}]`, one)),
  ];
}

function checkSize(path: string, { paths, overhead }: SizeRule): readonly FieldError[] {
  const { paths: given, factors, percentWhen, least } = overhead ?? {};
  return [
    ...checkPaths(`${path}.paths`, paths),
    ...checkPaths(`${path}.overhead.paths`, given),
    ...checkPaths(`${path}.overhead.factors`, factors),
    ...checkPath(`${path}.overhead.percentWhen.when.path`, percentWhen?.when.path),
    ...(least === undefined ? [] : checkQuantity(`${path}.overhead.least`, least)),
  ];
}

function checkQuantity(path: string, text: string): readonly FieldError[] {
  const { errors } = parseAmounts({ memory: text }, 'up');
  return errors.length === 0 ? [] : [fieldError(path, 'FieldValueInvalid', text, 'must be a quantity such as 384Mi')];
}

function checkPaths(path: string, texts: readonly string[] = []): readonly FieldError[] {
  return texts.flatMap((text, at) => checkPath(`${path}[${at}]`, text));
}

function unfit(path: string, message: string): FieldError {
  return fieldError(path, 'FieldValueForbidden', undefined, message);
}

/** A path that is there has to be one, and to lead no further than its field takes. */
function checkPath(path: string, text: string | undefined, reach: Reach = 'field'): readonly FieldError[] {
  if (text === undefined) return [];
  const parsed = parseFieldPath(text);
  if (parsed === undefined) return [fieldError(path, 'FieldValueInvalid', text, NO_PATH)];
  const isMany = parsed.steps.some((step) => step === EACH_ENTRY || step === EACH_ITEM);
  return reach === 'field' && isMany ? [fieldError(path, 'FieldValueInvalid', text, ONE_FIELD)] : [];
}

const NO_PATH = 'must be a path such as spec.template, metadata.labels["a.b/c"] or spec.jobs[]';
const ONE_FIELD = 'must lead to one field: .* and [] stand for many';

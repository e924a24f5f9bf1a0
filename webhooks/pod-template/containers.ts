import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { arrayAt, isJsonObject, member, memberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { choiceErrors, envNameProblem, labelProblem, nameErrors, required, uniqueNameErrors } from './names.ts';
import { portErrors } from './ports.ts';
import { resourceErrors } from './resources.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];

/** Containers and init containers of a pod spec; names are unique among both. */
export function containerErrors(spec: JsonObject, at: string, volumes: ReadonlySet<string>): readonly FieldError[] {
  const names = new Set<string>();
  const main = arrayAt(spec, 'containers');
  const hostNetwork = spec['hostNetwork'] === true;
  const each = (list: string): readonly FieldError[] =>
    arrayAt(spec, list).flatMap((container, index) => [
      ...uniqueNameErrors(`${at}.${list}[${index}].name`, stringAt(container, ['name']), labelProblem, names),
      ...oneContainer(container, `${at}.${list}[${index}]`, volumes, hostNetwork),
    ]);
  return [
    ...(main.length === 0 ? [required(`${at}.containers`, 'must have at least one container')] : []),
    ...each('containers'),
    ...each('initContainers'),
    ...hostPortErrors(main, `${at}.containers`),
  ];
}

function oneContainer(
  container: JsonValue,
  at: string,
  volumes: ReadonlySet<string>,
  hostNetwork: boolean,
): readonly FieldError[] {
  return [
    ...imageErrors(stringAt(container, ['image']), `${at}.image`),
    ...choiceErrors(`${at}.imagePullPolicy`, stringAt(container, ['imagePullPolicy']), PULL_POLICIES),
    ...choiceErrors(
      `${at}.terminationMessagePolicy`,
      stringAt(container, ['terminationMessagePolicy']),
      MESSAGE_POLICIES,
    ),
    ...portErrors(arrayAt(container, 'ports'), `${at}.ports`, hostNetwork),
    ...variableErrors(arrayAt(container, 'env'), `${at}.env`),
    ...mountErrors(arrayAt(container, 'volumeMounts'), `${at}.volumeMounts`, volumes),
    ...resourceErrors(member(container, 'resources'), `${at}.resources`),
  ];
}

function imageErrors(image: string, path: string): readonly FieldError[] {
  if (image === '') return [required(path)];
  if (image === image.trim()) return [];
  return [fieldError(path, 'FieldValueInvalid', image, 'must not have leading or trailing whitespace')];
}

function variableErrors(variables: readonly JsonValue[], path: string): readonly FieldError[] {
  return variables.flatMap((variable, index) => {
    const at = `${path}[${index}]`;
    const name = stringAt(variable, ['name']);
    const isTwofold = stringAt(variable, ['value']) !== '' && isJsonObject(memberAt(variable, 'valueFrom'));
    return [
      ...(name === '' ? [required(`${at}.name`)] : nameErrors(`${at}.name`, name, envNameProblem)),
      ...(isTwofold
        ? [fieldError(`${at}.valueFrom`, 'FieldValueInvalid', '', 'may not be specified when `value` is not empty')]
        : []),
    ];
  });
}

function mountErrors(mounts: readonly JsonValue[], path: string, volumes: ReadonlySet<string>): readonly FieldError[] {
  const paths = new Set<string>();
  return mounts.flatMap((mount, index) => {
    const at = `${path}[${index}]`;
    const [name, mountPath] = [stringAt(mount, ['name']), stringAt(mount, ['mountPath'])];
    const isTwice = mountPath !== '' && paths.has(mountPath);
    paths.add(mountPath);
    return [
      ...(name === '' ? [required(`${at}.name`)] : []),
      ...(name === '' || volumes.has(name) ? [] : [fieldError(`${at}.name`, 'FieldValueNotFound', name, 'not found')]),
      ...(mountPath === '' ? [required(`${at}.mountPath`)] : []),
      ...(isTwice ? [fieldError(`${at}.mountPath`, 'FieldValueInvalid', mountPath, 'must be unique')] : []),
    ];
  });
}

/** A port of the node is one container's. */
function hostPortErrors(containers: readonly JsonValue[], path: string): readonly FieldError[] {
  const taken = new Set<string>();
  return containers.flatMap((container, index) =>
    arrayAt(container, 'ports').flatMap((port, at) => {
      const hostPort = memberAt(port, 'hostPort');
      if (typeof hostPort !== 'number' || hostPort === 0) return [];
      const id = `${stringAt(port, ['protocol'], 'TCP')}/${stringAt(port, ['hostIP'])}/${hostPort}`;
      const isTwice = taken.has(id);
      taken.add(id);
      const field = `${path}[${index}].ports[${at}].hostPort`;
      return isTwice ? [fieldError(field, 'FieldValueDuplicate', hostPort, 'duplicate value')] : [];
    }),
  );
}

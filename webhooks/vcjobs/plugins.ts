import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { member, objectAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import type { TaskFacts } from './task-facts.ts';

/** Plugins that write what a framework's pods read; each needs the names that `svc` makes. */
export const FRAMEWORK_PLUGINS = ['tensorflow', 'mpi', 'pytorch', 'ray'] as const;

const PLUGINS: readonly string[] = ['env', 'svc', 'ssh', 'hcclrank', ...FRAMEWORK_PLUGINS];

/** The arguments of a plugin, as they stand; undefined when the job does not name it. */
export function argumentOf(job: JsonObject, plugin: string): JsonValue | undefined {
  return member(objectAt(job, 'spec', 'plugins'), plugin);
}

/** Plugins that nobody knows, and a launcher without its task. */
export function pluginErrors(job: JsonObject, tasks: readonly TaskFacts[]): readonly FieldError[] {
  const names = Object.keys(objectAt(job, 'spec', 'plugins'));
  const unknown = names
    .filter((name) => !PLUGINS.includes(name))
    .map((name) => {
      const message = `unable to find job plugin: ${name}; these exist: ${PLUGINS.join(', ')}`;
      return fieldError(keyPath('spec.plugins', name), 'FieldValueNotSupported', name, message);
    });
  return [...unknown, ...masterErrors(job, tasks)];
}

function masterErrors(job: JsonObject, tasks: readonly TaskFacts[]): readonly FieldError[] {
  const given = argumentOf(job, 'mpi');
  if (given === undefined) return [];
  const master = flagOf(given, 'master') ?? 'master';
  if (tasks.some(({ name }) => name === master)) return [];
  const message = 'The specified mpi master task was not found: no task has this name';
  return [fieldError(keyPath('spec.plugins', 'mpi'), 'FieldValueNotFound', master, message)];
}

/** The value of `--name=value`, `-name=value`, or of the argument after `--name`. */
function flagOf(given: JsonValue, name: string): string | undefined {
  const list = Array.isArray(given) ? given.map(String) : [];
  for (const [at, argument] of list.entries()) {
    const [flag, ...value] = argument.split('=');
    if (flag !== `--${name}` && flag !== `-${name}`) continue;
    return value.length > 0 ? value.join('=') : list[at + 1];
  }
  return undefined;
}

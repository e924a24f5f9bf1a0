import { readPlugins } from '../../src/api/vcjob-plugins/read-plugins.ts';
import { formatFieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { member, objectAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';

/** Plugins that write what a framework's pods read; each needs the names that `svc` makes. */
export const FRAMEWORK_PLUGINS = ['tensorflow', 'mpi', 'pytorch', 'ray'] as const;

/** The arguments of a plugin, as they stand; undefined when the job does not name it. */
export function argumentOf(job: JsonObject, plugin: string): JsonValue | undefined {
  return member(objectAt(job, 'spec', 'plugins'), plugin);
}

/** What is wrong with the plugins of a new job of that name: what its pods could not run with, and what is of no use. */
export function pluginMistakes(
  name: string,
  job: JsonObject,
): { readonly errors: readonly FieldError[]; readonly warnings: readonly string[] } {
  const { problems } = readPlugins({ name, spec: objectAt(job, 'spec') });
  return {
    errors: problems.filter(({ isHarmless }) => !isHarmless).map(({ error }) => error),
    warnings: problems.filter(({ isHarmless }) => isHarmless).map(({ error }) => formatFieldError(error)),
  };
}

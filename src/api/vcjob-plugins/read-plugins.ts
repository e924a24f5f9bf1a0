import type { PluginsOfJob } from './plugins-of-job.ts';
import { fieldError, keyPath } from '../../lib/field-error.ts';
import { arrayAt, objectAt } from '../../lib/json.ts';
import { needProblems } from './needs.ts';
import { PLUGIN_FLAGS, PLUGIN_NAMES } from './plugin-flags.ts';
import type { PluginName } from './plugin-flags.ts';
import type { PluginProblem } from './plugin-problem.ts';
import { readFlags } from './read-flags.ts';

export interface ReadPlugins {
  readonly plugins: PluginsOfJob;
  readonly problems: readonly PluginProblem[];
}

/** Reads `plugins` of a Job of Volcano, without trust; a job that gets its name later has an empty one. */
export function readPlugins(job: { readonly name: string; readonly spec: unknown }): ReadPlugins {
  const given = objectAt(job.spec, 'plugins');
  const read = PLUGIN_NAMES.filter((name) => Object.hasOwn(given, name)).map((name) => readPlugin(name, job.spec));
  // Each plugin was read by its own flags, and those that are not named are undefined.
  const plugins = Object.fromEntries(read.map(({ name, values }) => [name, values])) as unknown as PluginsOfJob;
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(PLUGIN_FLAGS, name));
  const problems = [
    ...unknown.map(unknownPlugin),
    ...read.flatMap((one) => one.problems),
    ...needProblems(job, plugins),
  ];
  return { plugins, problems };
}

function unknownPlugin(name: string): PluginProblem {
  const message = `unable to find job plugin: ${name}; these exist: ${PLUGIN_NAMES.join(', ')}`;
  return {
    error: fieldError(keyPath('spec.plugins', name), 'FieldValueNotSupported', name, message),
    isHarmless: false,
  };
}

interface ReadPlugin {
  readonly name: PluginName;
  readonly values: unknown;
  readonly problems: readonly PluginProblem[];
}

function readPlugin(name: PluginName, spec: unknown): ReadPlugin {
  const list = arrayAt(spec, 'plugins', name);
  const { values, mistake } = readFlags(PLUGIN_FLAGS[name], list.map(String));
  if (mistake === undefined) return { name, values, problems: [] };
  const { at, message, isHarmless } = mistake;
  const path = `${keyPath('spec.plugins', name)}[${at}]`;
  const rest = isHarmless ? '; it is not taken, nor is what follows it' : '';
  const error = fieldError(path, 'FieldValueInvalid', list[at], `${message}${rest}`);
  return { name, values, problems: [{ error, isHarmless }] };
}

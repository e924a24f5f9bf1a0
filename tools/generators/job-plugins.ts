import { PLUGIN_FLAGS, PLUGIN_MEANINGS, PLUGIN_NAMES } from '../../src/api/vcjob-plugins/plugin-flags.ts';
import type { PluginName } from '../../src/api/vcjob-plugins/plugin-flags.ts';
import type { Flag } from '../../src/api/vcjob-plugins/flag.ts';

const INTRODUCTION = `# Plugins of Volcano's Jobs

What \`spec.plugins\` of a [Job of Volcano](vcjob.md) may name. Each is a key whose value is a list of arguments, written as Go's flags are: \`--port=22\`, \`-port 22\`, and \`--name\` alone for a switch. What is not known is told in a warning and
not taken, nor is what follows it, as with Volcano; a value that pods could not run with is refused. What a template says stays: where it has a port, volume or mount already, nothing is added. Of variables the plugin's
come last, and count. Why: [0074](../decisions/0074-job-plugins.md).
This page is generated from \`src/api/vcjob-plugins\` by \`npm run gen\`.
`;

/** `docs/reference/job-plugins.md`: one section a plugin. */
export function outputs(): Promise<ReadonlyMap<string, string>> {
  return Promise.resolve(
    new Map([['docs/reference/job-plugins.md', [INTRODUCTION, ...PLUGIN_NAMES.map(section)].join('\n')]]),
  );
}

function section(name: PluginName): string {
  const flags: readonly Flag<unknown>[] = Object.values(PLUGIN_FLAGS[name]);
  const rows = flags.map((flag) => `| \`--${flag.name}\` | ${fallbackOf(flag)} | ${flag.meaning} |`);
  const table = rows.length === 0 ? [] : ['| Argument | Default | Meaning |', '|---|---|---|', ...rows, ''];
  return [`## ${name}`, '', PLUGIN_MEANINGS[name], '', ...table].join('\n');
}

function fallbackOf({ fallback }: Flag<unknown>): string {
  return fallback === '' ? 'none' : `\`${String(fallback).replace('/root/', '~/')}\``;
}

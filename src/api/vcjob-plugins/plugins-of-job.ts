import type { PluginName } from './plugin-flags.ts';
import type { PluginArguments } from './plugin-flags.ts';

/** What a job tells its plugins; undefined for a plugin that it does not name. */
export type PluginsOfJob = { readonly [N in PluginName]: PluginArguments<N> | undefined };

import type { AccessRule } from '../../../api/access.ts';
import { PLUGIN_NAMES } from '../../../api/vcjob-plugins/plugin-flags.ts';
import type { PluginName } from '../../../api/vcjob-plugins/plugin-flags.ts';
import { readPlugins } from '../../../api/vcjob-plugins/read-plugins.ts';
import type { PluginsOfJob } from '../../../api/vcjob-plugins/plugins-of-job.ts';
import type { PluginProblem } from '../../../api/vcjob-plugins/plugin-problem.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { ENV } from './env.ts';
import { HCCLRANK } from './hcclrank.ts';
import { MPI } from './mpi.ts';
import type { JobPlugin, PluginJob, PluginObject, PodPlace } from './plugin.ts';
import { pluginJob } from './plugin-job.ts';
import type { JobWithPlugins } from './plugin-job.ts';
import { PYTORCH } from './pytorch.ts';
import { RAY } from './ray.ts';
import { SSH } from './ssh.ts';
import { SVC } from './svc.ts';
import { TENSORFLOW } from './tensorflow.ts';

const PLUGINS: { readonly [N in PluginName]: JobPlugin<N> } = {
  env: ENV,
  svc: SVC,
  ssh: SSH,
  tensorflow: TENSORFLOW,
  pytorch: PYTORCH,
  mpi: MPI,
  ray: RAY,
  hcclrank: HCCLRANK,
};

/** Rights that objects of plugins need. */
export const PLUGIN_ACCESS: readonly AccessRule[] = Object.values(PLUGINS).flatMap(({ access }) => access);

/** A plugin together with what the job tells it. */
interface BoundPlugin {
  readonly name: PluginName;
  readonly objects: () => readonly PluginObject[];
  readonly onPod: (pod: JsonObject, place: PodPlace) => JsonObject;
}

/** The plugins of one job, in the order of the table, whatever the order in the job. */
export interface JobPlugins {
  readonly bound: readonly BoundPlugin[];
  /** What is wrong with them; while one is not harmless, the job cannot have its pods. */
  readonly problems: readonly PluginProblem[];
}

/** Reads the plugins of a job once, for all its pods. */
export function pluginsOf(given: JobWithPlugins): JobPlugins {
  const job = pluginJob(given);
  const { plugins, problems } = readPlugins(given);
  const bound = PLUGIN_NAMES.flatMap((name) => bind(name, job, plugins));
  return { bound, problems };
}

function bind<N extends PluginName>(name: N, job: PluginJob, plugins: PluginsOfJob): readonly BoundPlugin[] {
  const plugin = PLUGINS[name];
  const args = plugins[name];
  if (args === undefined) return [];
  const onPod = (pod: JsonObject, place: PodPlace): JsonObject => plugin.onPod(pod, place, job, args);
  return [{ name, objects: () => plugin.objects(job, args), onPod }];
}

/** The pod of a task with what the plugins of its job add. */
export function dressPod(pod: JsonObject, place: PodPlace, { bound }: JobPlugins): JsonObject {
  return bound.reduce((dressed, { onPod }) => onPod(dressed, place), pod);
}

import { fieldError, keyPath } from '../../lib/field-error.ts';
import type { FieldErrorKind } from '../../lib/field-error.ts';
import { PLUGIN_FLAGS } from './plugin-flags.ts';
import type { PluginName } from './plugin-flags.ts';
import type { PluginProblem } from './plugin-problem.ts';
import type { PluginsOfJob } from './plugins-of-job.ts';

/** What a plugin looks at of a task. */
export interface NeededTask {
  readonly name: string;
  readonly replicas: number;
  readonly containers: readonly string[];
}

/** Arguments that name tasks, but for those whose lack is told by itself. */
const ROLES = {
  tensorflow: ['ps', 'worker', 'chief', 'evaluator'],
  pytorch: ['worker'],
  ray: ['worker'],
  hcclrank: ['master', 'worker'],
} as const satisfies Partial<{ readonly [N in PluginName]: readonly (keyof (typeof PLUGIN_FLAGS)[N])[] }>;

/** Tasks, containers and ports by which frameworks find each other, and which are not there, or there twice. */
export function roleProblems(plugins: PluginsOfJob, tasks: readonly NeededTask[]): readonly PluginProblem[] {
  const lacks = (name: string): boolean => !tasks.some((task) => task.name === name);
  return [...lacking(plugins, lacks), ...named(plugins, lacks), ...ofPytorch(plugins, tasks), ...ofRay(plugins, tasks)];
}

/** Without the task that all depend on, the plugin does little or nothing. */
function lacking(
  { mpi, ray, pytorch, tensorflow }: PluginsOfJob,
  lacks: (name: string) => boolean,
): readonly PluginProblem[] {
  const problems: PluginProblem[] = [];
  const missing = (plugin: PluginName, task: string, message: string, isHarmless = true): void => {
    problems.push(problem(plugin, 'FieldValueNotFound', task, message, isHarmless));
  };
  if (mpi !== undefined && lacks(mpi.master)) {
    missing('mpi', mpi.master, 'The specified mpi master task was not found: no task has this name', false);
  }
  if (mpi !== undefined && lacks(mpi.worker)) {
    missing('mpi', mpi.worker, 'no task has the name of the workers: the list of hosts in MPI_HOST is empty');
  }
  if (ray !== undefined && lacks(ray.head)) {
    missing('ray', ray.head, 'no task has the name of the head: workers are not told where to find one');
  }
  if (pytorch !== undefined && lacks(pytorch.master)) {
    missing('pytorch', pytorch.master, 'no task has the name of the master: the plugin adds nothing');
  }
  if (tensorflow !== undefined && ROLES.tensorflow.every((role) => lacks(tensorflow[role]))) {
    const names = ROLES.tensorflow.map((role) => tensorflow[role]).join(', ');
    missing('tensorflow', names, 'no task has one of these names: the cluster in TF_CONFIG is empty');
  }
  return problems;
}

/** A task that somebody took the trouble to name is meant to be there; one of a default name may be left out. */
function named(plugins: PluginsOfJob, lacks: (name: string) => boolean): readonly PluginProblem[] {
  return Object.entries(ROLES).flatMap(([plugin, roles]) => {
    // Each plugin in the table has these arguments, and they are texts.
    const name = plugin as keyof typeof ROLES;
    const given = plugins[name] as Readonly<Record<string, unknown>> | undefined;
    const flags: Readonly<Record<string, { readonly fallback: unknown }>> = PLUGIN_FLAGS[name];
    return roles.flatMap((role) => {
      const task = given?.[role];
      if (typeof task !== 'string' || task === flags[role]?.fallback || !lacks(task)) return [];
      return [problem(name, 'FieldValueNotFound', task, `no task has this name: --${role} is of no use`)];
    });
  });
}

/** PyTorch waits until each rank is there, once. */
function ofPytorch({ pytorch }: PluginsOfJob, tasks: readonly NeededTask[]): readonly PluginProblem[] {
  const master = tasks.find(({ name }) => name === pytorch?.master);
  if (master === undefined || master.replicas <= 1) return [];
  const message = `the task of the master has ${master.replicas} pods, and each is told that its RANK is 0: one is meant`;
  return [problem('pytorch', 'FieldValueInvalid', master.name, message)];
}

function ofRay({ ray }: PluginsOfJob, tasks: readonly NeededTask[]): readonly PluginProblem[] {
  if (ray === undefined) return [];
  const parts = [
    { task: ray.head, container: ray.headContainer },
    { task: ray.worker, container: ray.workerContainer },
  ];
  const idle = parts.flatMap(({ task: name, container }) => {
    const task = tasks.find((each) => each.name === name);
    if (task === undefined || task.containers.includes(container)) return [];
    const message = `no container of task ${name} has this name: Ray is started in none of them`;
    return [problem('ray', 'FieldValueNotFound', container, message)];
  });
  const ports = [ray.port, ray.dashboardPort, ray.clientPort];
  if (new Set(ports).size === ports.length) return idle;
  // Its Service would be refused, and the job get no pods.
  const message = '--port, --dashboardPort and --clientPort need to be different';
  return [...idle, problem('ray', 'FieldValueInvalid', ports.join(', '), message, false)];
}

function problem(
  plugin: PluginName,
  kind: FieldErrorKind,
  value: string,
  message: string,
  isHarmless = true,
): PluginProblem {
  return { error: fieldError(keyPath('spec.plugins', plugin), kind, value, message), isHarmless };
}

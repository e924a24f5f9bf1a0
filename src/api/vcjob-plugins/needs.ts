import { fieldError, keyPath } from '../../lib/field-error.ts';
import type { FieldErrorKind } from '../../lib/field-error.ts';
import { arrayAt, numberAt, stringAt } from '../../lib/json.ts';
import { taskName } from './task-name.ts';
import type { PluginProblem } from './plugin-problem.ts';
import type { PluginsOfJob } from './plugins-of-job.ts';

/** Of a DNS label, which names of hosts, volumes and Services are. */
const LABEL_LENGTH = 63;
/** What plugins put behind the name of the job: `-svc`, `-ssh`. */
const SUFFIX_LENGTH = 4;

interface Needs {
  readonly name: string;
  readonly tasks: readonly { readonly name: string; readonly replicas: number; readonly hostname: string }[];
}

/** What plugins need of the job around them, and do not find. */
export function needProblems(
  { name, spec }: { readonly name: string; readonly spec: unknown },
  plugins: PluginsOfJob,
): readonly PluginProblem[] {
  const tasks = arrayAt(spec, 'tasks').map((task, at) => ({
    name: taskName(task, at),
    replicas: numberAt(task, ['replicas'], 0),
    hostname: stringAt(task, ['template', 'spec', 'hostname']),
  }));
  const needs = { name, tasks };
  return [...nameProblems(needs, plugins), ...taskProblems(needs, plugins), ...keyProblems(plugins)];
}

function nameProblems({ name, tasks }: Needs, { svc, ssh }: PluginsOfJob): readonly PluginProblem[] {
  if (name === '' || (svc === undefined && ssh === undefined)) return [];
  const isLabel = name.length <= LABEL_LENGTH - SUFFIX_LENGTH && !name.includes('.');
  const label = `with the plugins svc and ssh the name needs to be a DNS label of at most ${LABEL_LENGTH - SUFFIX_LENGTH} characters, since a Service and volumes are named after it`;
  const problems = isLabel ? [] : [problem('metadata.name', 'FieldValueInvalid', name, label)];
  if (svc === undefined) return problems;
  const long = tasks.flatMap((task, at) => {
    const pod = `${name}-${task.name}-${Math.max(0, task.replicas - 1)}`;
    if (task.hostname !== '' || pod.length <= LABEL_LENGTH) return [];
    const message = `with the plugin svc names of pods are names of hosts, and ${pod} has more than ${LABEL_LENGTH} characters`;
    return [problem(`spec.tasks[${at}].name`, 'FieldValueInvalid', task.name, message)];
  });
  return [...problems, ...long];
}

function taskProblems({ tasks }: Needs, { mpi, ray, pytorch, tensorflow }: PluginsOfJob): readonly PluginProblem[] {
  const lacks = (task: string | undefined): task is string => !tasks.some(({ name }) => name === task);
  const problems: PluginProblem[] = [];
  const missing = (plugin: string, task: string, message: string, isHarmless = false): void => {
    problems.push(problem(keyPath('spec.plugins', plugin), 'FieldValueNotFound', task, message, isHarmless));
  };
  if (mpi !== undefined && lacks(mpi.master)) {
    missing('mpi', mpi.master, 'The specified mpi master task was not found: no task has this name');
  }
  if (mpi !== undefined && lacks(mpi.worker)) {
    missing('mpi', mpi.worker, 'no task has the name of the workers: the list of hosts in MPI_HOST is empty', true);
  }
  if (ray !== undefined && lacks(ray.head)) {
    missing('ray', ray.head, 'no task has the name of the head: workers are not told where to find one', true);
  }
  if (pytorch !== undefined && lacks(pytorch.master)) {
    missing('pytorch', pytorch.master, 'no task has the name of the master: the plugin adds nothing', true);
  }
  if (tensorflow !== undefined) {
    const roles = [tensorflow.ps, tensorflow.worker, tensorflow.chief, tensorflow.evaluator];
    const message = 'no task has one of these names: the cluster in TF_CONFIG is empty';
    if (roles.every(lacks)) missing('tensorflow', roles.join(', '), message, true);
  }
  return problems;
}

function keyProblems({ ssh }: PluginsOfJob): readonly PluginProblem[] {
  if (ssh === undefined || (ssh.privateKey === '') === (ssh.publicKey === '')) return [];
  const message =
    ssh.privateKey === ''
      ? 'a public key without --ssh-private-key is not taken: a pair is made'
      : 'without --ssh-public-key pods know whom to log in as, and let nobody in';
  return [problem(keyPath('spec.plugins', 'ssh'), 'FieldValueInvalid', '', message, true)];
}

function problem(
  path: string,
  kind: FieldErrorKind,
  value: string,
  message: string,
  isHarmless = false,
): PluginProblem {
  return { error: fieldError(path, kind, value, message), isHarmless };
}

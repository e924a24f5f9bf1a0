import { fieldError, keyPath } from '../../lib/field-error.ts';
import type { FieldErrorKind } from '../../lib/field-error.ts';
import { arrayAt, numberAt, stringAt } from '../../lib/json.ts';
import { taskName } from './task-name.ts';
import type { PluginProblem } from './plugin-problem.ts';
import type { PluginsOfJob } from './plugins-of-job.ts';
import { roleProblems } from './role-needs.ts';
import type { NeededTask } from './role-needs.ts';

/** Of a DNS label, which names of hosts, volumes and Services are. */
const LABEL_LENGTH = 63;
/** What plugins put behind the name of the job: `-svc`, `-ssh`. */
const SUFFIX_LENGTH = 4;

interface Needs {
  readonly name: string;
  readonly tasks: readonly (NeededTask & { readonly hostname: string })[];
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
    containers: arrayAt(task, 'template', 'spec', 'containers').map((container) => stringAt(container, ['name'])),
  }));
  const needs = { name, tasks };
  return [...nameProblems(needs, plugins), ...roleProblems(plugins, tasks), ...keyProblems(plugins)];
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

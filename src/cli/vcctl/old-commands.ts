import { VCJOBS } from '../../api/resources.ts';
import { shellWords } from '../../lib/shell-words.ts';
import { stringAt } from '../../lib/json.ts';
import { SetupError } from '../setup-error.ts';
import { text } from './face.ts';
import type { FaceCommand, FacePorts, Flags } from './face.ts';
import { deleteCommand, jobAction, listJobs, viewJob } from './job-commands.ts';
import { FILTER_FLAGS, jobFlags, POD_FLAGS } from './job-flags.ts';
import type { Letters } from './job-flags.ts';
import { newJob } from './new-job.ts';
import { getQueue, listQueues } from './queue-commands.ts';

const LETTERS: Letters = { name: 'n', namespace: 'N' };

/** Where vsub looks when no flag says; then what it takes. */
const SUBMIT_DEFAULTS = {
  scheduler: ['VOLCANO_SCHEDULER_NAME', 'volcano'],
  image: ['VOLCANO_DEFAULT_IMAGE', 'busybox'],
  namespace: ['VOLCANO_DEFAULT_JOB_NAMESPACE', 'default'],
} as const;

const VSUB: FaceCommand = {
  name: 'vsub',
  summary: 'submit a job',
  flags: [
    ownDefault('image', 'i', 'the container image of job'),
    ownDefault('namespace', 'N', 'the namespace of job'),
    text('name', 'n', '', 'the name of job'),
    ...POD_FLAGS,
    ownDefault('scheduler', 'S', 'the scheduler for this job'),
    text('command', 'c', '', 'the command of job'),
  ],
  run: submit,
};

const VJOBS: FaceCommand = {
  name: 'vjobs',
  summary: 'view job information',
  flags: [...jobFlags(LETTERS), ...FILTER_FLAGS],
  run: (flags, ports) => (flags.text('name') === '' ? listJobs(flags, ports) : viewJob(flags, ports)),
};

const VQUEUES: FaceCommand = {
  name: 'vqueues',
  summary: 'view queue information',
  flags: [text('name', 'n', '', 'the name of queue')],
  run: (flags, ports) => (flags.text('name') === '' ? listQueues(ports) : getQueue(flags.text('name'), ports)),
};

/** Volcano's older programs, one command each. */
export const OLD_COMMANDS: readonly FaceCommand[] = [
  VSUB,
  VJOBS,
  VQUEUES,
  named('vcancel', deleteCommand('cancel', 'cancel a job', LETTERS)),
  named('vsuspend', jobAction('suspend', 'suspend a job', 'AbortJob', LETTERS)),
  named('vresume', jobAction('resume', 'resume a job', 'ResumeJob', LETTERS)),
];

async function submit(flags: Flags, { objects, environment }: FacePorts): Promise<string> {
  const name = flags.text('name');
  if (name === '') throw new SetupError('job name cannot be left blank');
  const command = shellWords(flags.text('command'));
  if (command === undefined) throw new SetupError('the command has a quote that is not closed');
  const chosen = (flag: keyof typeof SUBMIT_DEFAULTS): string => {
    const [variable, otherwise] = SUBMIT_DEFAULTS[flag];
    return [flags.text(flag), environment[variable] ?? '', otherwise].find((value) => value !== '') ?? '';
  };
  const namespace = chosen('namespace');
  const job = newJob({
    name,
    namespace,
    command,
    image: chosen('image'),
    scheduler: chosen('scheduler'),
    minAvailable: flags.int('min'),
    replicas: flags.int('replicas'),
    requests: flags.text('requests'),
    limits: flags.text('limits'),
  });
  const created = await objects.create(VCJOBS, namespace, job);
  return `run job ${stringAt(created, ['metadata', 'name'])} successfully`;
}

function ownDefault(name: keyof typeof SUBMIT_DEFAULTS, short: string, help: string): FaceCommand['flags'][number] {
  const [variable, otherwise] = SUBMIT_DEFAULTS[name];
  return text(name, short, '', `${help}, overwrite the value of '${variable}' (default "${otherwise}")`);
}

function named(name: string, command: FaceCommand): FaceCommand {
  return { ...command, name };
}

import { EVENTS, VCJOBS } from '../../api/resources.ts';
import { stringAt } from '../../lib/json.ts';
import { SetupError } from '../setup-error.ts';
import { commandObject } from './command-object.ts';
import type { CommandAction } from './command-object.ts';
import { eventLines } from './event-lines.ts';
import { text } from './face.ts';
import type { FaceCommand, FaceGroup, FacePorts, Flags } from './face.ts';
import { FILTER_FLAGS, jobFlags, POD_FLAGS, VCCTL_LETTERS } from './job-flags.ts';
import type { Letters } from './job-flags.ts';
import { jobTable } from './job-table.ts';
import { jobView } from './job-view.ts';
import { manifestsIn } from './manifest-file.ts';
import { newJob } from './new-job.ts';
import { NOTHING_FOUND } from './nothing-found.ts';

export const JOB_COMMANDS: FaceGroup = {
  name: 'job',
  summary: 'vcctl command line operation job',
  commands: [
    runCommand(),
    listCommand(),
    viewCommand(),
    jobAction('suspend', 'abort a job', 'AbortJob', VCCTL_LETTERS),
    jobAction('resume', 'resume a job', 'ResumeJob', VCCTL_LETTERS),
    deleteCommand('delete', 'delete a job', VCCTL_LETTERS),
  ],
};

/** Prints the jobs that the flags choose. */
export async function listJobs(flags: Flags, { objects }: FacePorts): Promise<string> {
  const isWide = flags.isOn('all-namespaces');
  const jobs = await objects.list(VCJOBS, isWide ? '' : flags.text('namespace'));
  if (jobs.length === 0) return NOTHING_FOUND;
  const filter = { scheduler: flags.text('scheduler'), queue: flags.text('queue'), selector: flags.text('selector') };
  return jobTable(jobs, { ...filter, isWide });
}

/** Prints all about the job that the flags name. */
export async function viewJob(flags: Flags, { objects, nowMs }: FacePorts): Promise<string> {
  const namespace = flags.text('namespace');
  const job = await objects.get({ type: VCJOBS, namespace, name: flags.text('name') });
  const events = await objects.list(EVENTS, namespace);
  return [...jobView(job), ...eventLines(events, stringAt(job, ['metadata', 'uid']), nowMs)].join('\n');
}

/** Asks for an action on the job that the flags name; says nothing when it is asked. */
export function jobAction(name: string, summary: string, action: CommandAction, letters: Letters): FaceCommand {
  return {
    name,
    summary,
    flags: jobFlags(letters),
    run: async (flags, { objects }) => {
      const place = { type: VCJOBS, namespace: flags.text('namespace'), name: needName(flags, name) };
      await commandObject(objects, place, place.namespace, action);
      return '';
    },
  };
}

/** Deletes the job that the flags name. */
export function deleteCommand(name: string, summary: string, letters: Letters): FaceCommand {
  return {
    name,
    summary,
    flags: jobFlags(letters),
    run: async (flags, { objects }) => {
      const job = needName(flags, name);
      await objects.remove({ type: VCJOBS, namespace: flags.text('namespace'), name: job });
      return `${name} job ${job} successfully`;
    },
  };
}

function needName(flags: Flags, verb: string): string {
  const name = flags.text('name');
  if (name === '') throw new SetupError(`job name is mandatory to ${verb} a particular job`);
  return name;
}

function listCommand(): FaceCommand {
  const [namespace] = jobFlags(VCCTL_LETTERS);
  return {
    name: 'list',
    summary: 'list job information',
    flags: [...(namespace === undefined ? [] : [namespace]), ...FILTER_FLAGS],
    run: listJobs,
  };
}

function viewCommand(): FaceCommand {
  return {
    name: 'view',
    summary: 'show job information',
    flags: jobFlags(VCCTL_LETTERS),
    run: (flags, ports) => {
      if (flags.text('name') === '') {
        throw new SetupError('job name (specified by --name or -N) is mandatory to view a particular job');
      }
      return viewJob(flags, ports);
    },
  };
}

function runCommand(): FaceCommand {
  return {
    name: 'run',
    summary: 'run job by parameters from the command line',
    flags: [
      text('image', 'i', 'busybox', 'the container image of job'),
      ...jobFlags(VCCTL_LETTERS),
      ...POD_FLAGS,
      text('scheduler', 'S', 'volcano', 'the scheduler for this job'),
      text('filename', 'f', '', 'the yaml file of job'),
    ],
    run: runJob,
  };
}

async function runJob(flags: Flags, ports: FacePorts): Promise<string> {
  const file = flags.text('filename');
  const namespace = flags.text('namespace');
  if (file === '' && flags.text('name') === '') throw new SetupError('job name cannot be left blank');
  const jobs =
    file === '' ? [newJob({ ...wishOf(flags), namespace, command: [] })] : await manifestsIn(file, VCJOBS, ports);
  const lines: string[] = [];
  for (const job of jobs) {
    const created = await ports.objects.create(VCJOBS, stringAt(job, ['metadata', 'namespace'], namespace), job);
    lines.push(`run job ${stringAt(created, ['metadata', 'name'])} successfully`);
  }
  return lines.join('\n');
}

function wishOf(flags: Flags): Omit<Parameters<typeof newJob>[0], 'namespace' | 'command'> {
  return {
    name: flags.text('name'),
    image: flags.text('image'),
    scheduler: flags.text('scheduler'),
    minAvailable: flags.int('min'),
    replicas: flags.int('replicas'),
    requests: flags.text('requests'),
    limits: flags.text('limits'),
  };
}

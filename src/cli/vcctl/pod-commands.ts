import { JOB_NAME_KEY, QUEUE_NAME_ANNOTATION, QUEUE_NAME_LABEL } from '../../api/keys.ts';
import { PODS } from '../../api/resources.ts';
import { ageOf } from '../../lib/human-duration.ts';
import { memberAt, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { SetupError } from '../setup-error.ts';
import { fitted } from './columns.ts';
import { bool, text } from './face.ts';
import type { FaceGroup, FacePorts, Flags } from './face.ts';
import { NOTHING_FOUND } from './nothing-found.ts';
import { podStatus, readyContainers, restarts } from './pod-status.ts';

const BLANKS = 8;

export const POD_COMMANDS: FaceGroup = {
  name: 'pod',
  summary: 'vcctl command line operation pod',
  commands: [
    {
      name: 'list',
      summary: 'list pod information',
      flags: [
        text('queue', 'q', '', 'list pod with specified queue name'),
        text('job', 'j', '', 'list pod with specified job name'),
        text('namespace', 'n', 'default', 'the namespace of pod'),
        bool('all-namespaces', 'list pods in all namespaces'),
      ],
      run: listPods,
    },
  ],
};

async function listPods(flags: Flags, { objects, nowMs }: FacePorts): Promise<string> {
  const pods = await objects.list(PODS, flags.isOn('all-namespaces') ? '' : flags.text('namespace'));
  const shown = chosen(pods, flags.text('job'), flags.text('queue'));
  if (shown.length === 0) return NOTHING_FOUND;
  return fitted([['Name', 'Ready', 'Status', 'Restart', 'Age'], ...shown.map((pod) => cells(pod, nowMs))], BLANKS);
}

/** Pods of a job, else all of a queue, else those of any job. */
function chosen(pods: readonly JsonObject[], job: string, queue: string): readonly JsonObject[] {
  if (job !== '') {
    const own = pods.filter((pod) => label(pod, JOB_NAME_KEY) === job);
    if (queue !== '' && own.some((pod) => ![undefined, queue].includes(label(pod, QUEUE_NAME_LABEL)))) {
      throw new SetupError(`the input vcjob ${job} does not match the queue ${queue}`);
    }
    return own;
  }
  if (queue === '') return pods.filter((pod) => label(pod, JOB_NAME_KEY) !== undefined);
  return pods.filter(
    (pod) =>
      label(pod, QUEUE_NAME_LABEL) === queue ||
      memberAt(pod, 'metadata', 'annotations', QUEUE_NAME_ANNOTATION) === queue,
  );
}

function label(pod: JsonObject, key: string): string | undefined {
  const value = memberAt(pod, 'metadata', 'labels', key);
  return typeof value === 'string' ? value : undefined;
}

function cells(pod: JsonObject, nowMs: number): readonly string[] {
  const { ready, total } = readyContainers(pod);
  const { count, lastEnd } = restarts(pod);
  return [
    stringAt(pod, ['metadata', 'name']),
    `${ready}/${total}`,
    podStatus(pod),
    lastEnd === '' || count === 0 ? String(count) : `${count} (${ageOf(lastEnd, nowMs)} ago)`,
    ageOf(stringAt(pod, ['metadata', 'creationTimestamp']), nowMs),
  ];
}

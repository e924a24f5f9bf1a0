import { JOB_TYPE_KEY } from '../../api/keys.ts';
import { arrayAt, memberAt, numberAt, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { padded, widthOf } from './columns.ts';

const HEADS = [
  'Creation',
  'Phase',
  'JobType',
  'Replicas',
  'Min',
  'Pending',
  'Running',
  'Succeeded',
  'Failed',
  'Unknown',
  'RetryCount',
];
const WIDTHS = [15, 12, 12, 12, 6, 10, 10, 12, 10, 12, 10];
const BLANKS = 3;
const COUNTS = ['minAvailable', 'pending', 'running', 'succeeded', 'failed', 'unknown', 'retryCount'];

/** Which of the listed jobs are told. Empty: all. */
export interface JobFilter {
  readonly scheduler: string;
  readonly queue: string;
  /** Part of the name. */
  readonly selector: string;
  readonly isWide: boolean;
}

/** The table of `vcctl job list`; scripts cut it by its columns. Names are as wide as the longest of all that were listed. */
export function jobTable(jobs: readonly JsonObject[], { scheduler, queue, selector, isWide }: JobFilter): string {
  const shown = jobs.filter(
    (job) =>
      (scheduler === '' || stringAt(job, ['spec', 'schedulerName']) === scheduler) &&
      (queue === '' || stringAt(job, ['spec', 'queue']) === queue) &&
      nameOf(job).includes(selector),
  );
  const names = widthOf(['Name', ...jobs.map(nameOf)], BLANKS);
  const namespaces = widthOf(['Namespace', ...jobs.map(namespaceOf)], BLANKS);
  const widths = [...(isWide ? [namespaces] : []), names, ...WIDTHS];
  const rows = shown.map((job) => [...(isWide ? [namespaceOf(job)] : []), nameOf(job), ...cellsOf(job)]);
  const head = [...(isWide ? ['Namespace'] : []), 'Name', ...HEADS];
  return [head, ...rows].map((row) => padded(row, widths)).join('\n');
}

function cellsOf(job: JsonObject): readonly (string | number)[] {
  const replicas = arrayAt(job, 'spec', 'tasks').reduce<number>(
    (sum, task) => sum + numberAt(task, ['replicas'], 0),
    0,
  );
  const type = memberAt(job, 'metadata', 'labels', JOB_TYPE_KEY);
  return [
    stringAt(job, ['metadata', 'creationTimestamp']).slice(0, 10),
    stringAt(job, ['status', 'state', 'phase']),
    typeof type === 'string' && type !== '' ? type : 'Batch',
    replicas,
    ...COUNTS.map((count) => numberAt(job, ['status', count], 0)),
  ];
}

function nameOf(job: JsonObject): string {
  return stringAt(job, ['metadata', 'name']);
}

function namespaceOf(job: JsonObject): string {
  return stringAt(job, ['metadata', 'namespace']);
}

import { GROUP_ORIGIN_ANNOTATION, SUBMITTER_ANNOTATION } from '../../api/keys.ts';
import { POD_GROUPS, QUEUES, VCJOBS } from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import { ageOf } from '../../lib/human-duration.ts';
import { arrayAt, memberAt, numberAt, stringAt, textOf } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';

/** A column of a table: what it says of an object. */
export interface ListedColumn {
  readonly head: string;
  /** Only told by `-o wide`. */
  readonly isWide?: boolean;
  readonly cell: (object: JsonObject, nowMs: number) => string;
}

/** A kind that `sluice get` tells of. */
export interface ListedKind {
  readonly names: readonly string[];
  readonly type: ResourceType;
  readonly columns: readonly ListedColumn[];
}

const NAME = column('NAME', (object) => stringAt(object, ['metadata', 'name']));
const AGE: ListedColumn = {
  head: 'AGE',
  cell: (object, nowMs) => ageOf(stringAt(object, ['metadata', 'creationTimestamp']), nowMs),
};

/** Kinds that people ask about every day, and what they want to know of each. */
export const LISTED_KINDS: readonly ListedKind[] = [
  {
    names: ['groups', 'group', 'podgroups', 'podgroup', 'pg'],
    type: POD_GROUPS,
    columns: [
      NAME,
      column('QUEUE', (group) => stringAt(group, ['spec', 'queue'])),
      column('PHASE', (group) => stringAt(group, ['status', 'phase'], 'New')),
      column('RUNNING', (group) => `${count(group, 'running')}/${numberAt(group, ['spec', 'minMember'], 0)}`),
      AGE,
      { ...column('OWNER', (group) => annotation(group, GROUP_ORIGIN_ANNOTATION)), isWide: true },
      { ...column('SUBMITTER', (group) => annotation(group, SUBMITTER_ANNOTATION)), isWide: true },
      column('WHY IT WAITS', whyItWaits),
    ],
  },
  {
    names: ['queues', 'queue', 'q'],
    type: QUEUES,
    columns: [
      NAME,
      column('PARENT', (queue) => stringAt(queue, ['spec', 'parent'])),
      column('STATE', (queue) => stringAt(queue, ['status', 'state'])),
      column('WEIGHT', (queue) => String(numberAt(queue, ['spec', 'weight'], 1))),
      column('CPU', (queue) => share(queue, 'cpu')),
      column('MEMORY', (queue) => share(queue, 'memory')),
      column('GPU', (queue) => share(queue, 'nvidia.com/gpu')),
      column('PENDING', (queue) => count(queue, 'pending')),
      column('INQUEUE', (queue) => count(queue, 'inqueue')),
      column('RUNNING', (queue) => count(queue, 'running')),
      AGE,
    ],
  },
  {
    names: ['vcjobs', 'vcjob', 'vj'],
    type: VCJOBS,
    columns: [
      NAME,
      column('QUEUE', (job) => stringAt(job, ['spec', 'queue'])),
      column('PHASE', (job) => stringAt(job, ['status', 'state', 'phase'])),
      column('RUNNING', (job) => `${count(job, 'running')}/${numberAt(job, ['spec', 'minAvailable'], 0)}`),
      column('SUCCEEDED', (job) => count(job, 'succeeded')),
      column('FAILED', (job) => count(job, 'failed')),
      column('RETRIES', (job) => count(job, 'retryCount')),
      AGE,
    ],
  },
];

/** The kind that people call so. */
export function listedKind(name: string): ListedKind | undefined {
  return LISTED_KINDS.find(({ names }) => names.includes(name));
}

function column(head: string, cell: (object: JsonObject) => string): ListedColumn {
  return { head, cell };
}

/** The scheduler's own words, in one line; nothing once it runs. */
function whyItWaits(group: JsonObject): string {
  const condition = arrayAt(group, 'status', 'conditions').find(
    (one) => stringAt(one, ['type']) === 'Unschedulable' && stringAt(one, ['status']) === 'True',
  );
  const phase = stringAt(group, ['status', 'phase']);
  if (condition === undefined || phase === 'Running' || phase === 'Completed') return '';
  return stringAt(condition, ['message']).replaceAll(/\s+/g, ' ').trim();
}

function count(object: JsonObject, name: string): string {
  return String(numberAt(object, ['status', name], 0));
}

/** What it holds, of the most it may. */
function share(queue: JsonObject, resource: string): string {
  const held = memberAt(queue, 'status', 'allocated', resource);
  const most = memberAt(queue, 'spec', 'capability', resource);
  if (held === undefined && most === undefined) return '';
  return most === undefined ? textOf(held) : `${textOf(held ?? 0)}/${textOf(most)}`;
}

function annotation(object: JsonObject, key: string): string {
  return stringAt(object, ['metadata', 'annotations', key]);
}

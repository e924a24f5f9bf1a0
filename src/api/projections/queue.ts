import { arrayAt, isJsonObject, member, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { amountsText, optionalAmounts, parseAmounts } from '../amounts.ts';
import type {
  NodeGroups,
  QueueAffinity,
  QueueCondition,
  QueueHierarchy,
  PastUsage,
  QueueRecord,
} from '../records/queue-record.ts';
import { CLOSED_BY_PARENT_ANNOTATION, HIERARCHY_ANNOTATION, HIERARCHY_WEIGHTS_ANNOTATION } from '../keys.ts';
import { objects, readMetadata, text, timeMs, whole } from './metadata.ts';

/** The record of a Queue; undefined for anything without name or UID. */
export function projectQueue(raw: unknown): QueueRecord | undefined {
  const { name, uid, resourceVersion, deleting, annotations } = readMetadata(raw);
  if (name === '' || uid === '') return undefined;
  const spec = objectAt(raw, 'spec');
  const status = objectAt(raw, 'status');
  return {
    name,
    uid,
    resourceVersion,
    weight: Math.max(1, whole(spec, 'weight', 1)),
    priority: Math.max(0, whole(spec, 'priority', 0)),
    reclaimable: member(spec, 'reclaimable') !== false,
    isStrict: text(spec, 'dequeueStrategy') === 'fifo',
    parent: text(spec, 'parent'),
    capability: optionalAmounts(member(spec, 'capability'), 'down'),
    guarantee: optionalAmounts(member(member(spec, 'guarantee'), 'resource'), 'up'),
    deserved: optionalAmounts(member(spec, 'deserved'), 'up'),
    affinity: affinity(objectAt(spec, 'affinity')),
    hierarchy: hierarchy(annotations),
    state: STATES.get(text(status, 'state')) ?? 'Open',
    closedByParent: text(annotations, CLOSED_BY_PARENT_ANNOTATION) === 'true',
    deleting,
    allocatedText: allocatedText(member(status, 'allocated')),
    conditions: objects(status, 'conditions').map(condition),
    usage: usage(objectAt(status, 'usage')),
  };
}

const STATES: ReadonlyMap<string, QueueRecord['state']> = new Map(
  (['Open', 'Closed', 'Closing', 'Unknown'] as const).map((state) => [state, state]),
);

function affinity(raw: JsonObject): QueueAffinity | undefined {
  const use = nodeGroups(objectAt(raw, 'nodeGroupAffinity'));
  const avoid = nodeGroups(objectAt(raw, 'nodeGroupAntiAffinity'));
  const named = [use.required, use.preferred, avoid.required, avoid.preferred].flat();
  return named.length === 0 ? undefined : { use, avoid };
}

function hierarchy(annotations: JsonObject): QueueHierarchy | undefined {
  const [path, weights] = [text(annotations, HIERARCHY_ANNOTATION), text(annotations, HIERARCHY_WEIGHTS_ANNOTATION)];
  return path === '' && weights === '' ? undefined : { path, weights };
}

function nodeGroups(raw: JsonObject): NodeGroups {
  const names = (rule: string): readonly string[] => [
    ...new Set(
      arrayAt(raw, `${rule}DuringSchedulingIgnoredDuringExecution`).filter((name) => typeof name === 'string'),
    ),
  ];
  return { required: names('required'), preferred: names('preferred') };
}

/** Nothing that cannot be read counts: the queue starts anew. */
function usage(raw: JsonObject): PastUsage | undefined {
  const [mean, atMs] = [Number(text(raw, 'mean') || NaN), timeMs(text(raw, 'time'))];
  return mean >= 0 && mean <= 1 && atMs > 0 ? { mean, atMs } : undefined;
}

function condition(raw: JsonObject): QueueCondition {
  return {
    type: text(raw, 'type'),
    status: text(raw, 'status'),
    reason: text(raw, 'reason'),
    message: text(raw, 'message'),
    lastTransitionTime: text(raw, 'lastTransitionTime'),
  };
}

/** Empty when nothing readable is there, so that it differs from every amount that is to be written. */
function allocatedText(raw: unknown): string {
  if (!isJsonObject(raw)) return '';
  const { amounts, errors } = parseAmounts(raw, 'up');
  return errors.length > 0 ? '' : amountsText(amounts);
}

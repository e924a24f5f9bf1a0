import {
  GROUP_NAME_ANNOTATION,
  KUBE_DEFAULT_SCHEDULER,
  QUEUE_NAME_ANNOTATION,
  QUEUE_NAME_LABEL,
  SERVED_SCHEDULERS,
  SLUICE_SCHEDULER,
  TASK_SPEC_KEY,
} from '../src/api/keys.ts';
import { stringAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import type { MetadataKey } from './cel.ts';
import { dnsLabel, MAX_NAME_LENGTH } from './group-name.ts';
import type { ObjectPatch, PatchPath } from './object-patch.ts';

/** What makes a pod, or a pod template, a member of a group. */
export interface Stamp {
  /** Empty where each pod is told its group when it comes. */
  readonly group: string;
  /** Role in the group; empty leaves the role keys as they are. */
  readonly task: string;
  readonly queue: string;
}

/** Role of a pod whose root says nothing about roles. */
export const DEFAULT_TASK = 'worker';

/** Every string key that a stamp consists of, below the metadata of a pod or template. */
export const STAMP_KEYS: readonly MetadataKey[] = [
  ['annotations', GROUP_NAME_ANNOTATION],
  ['annotations', TASK_SPEC_KEY],
  ['annotations', QUEUE_NAME_ANNOTATION],
  ['labels', TASK_SPEC_KEY],
  ['labels', QUEUE_NAME_LABEL],
];

/** Whose pods these are to place: nobody chose, ours, or another scheduler's. */
export type SchedulerKind = 'unset' | 'served' | 'foreign';

/** The kind of a scheduler's name. */
export function schedulerKind(name: string): SchedulerKind {
  if (name === '' || name === KUBE_DEFAULT_SCHEDULER) return 'unset';
  return SERVED_SCHEDULERS.has(name) ? 'served' : 'foreign';
}

/** Writes the stamp onto the pod or template at `at`; only leaves that differ become operations. */
export function stampPod(patch: ObjectPatch, at: PatchPath, scheduler: SchedulerKind, stamp: Stamp): void {
  if (scheduler === 'unset') patch.set([...at, 'spec', 'schedulerName'], SLUICE_SCHEDULER);
  if (stamp.group !== '') patch.set([...at, 'metadata', 'annotations', GROUP_NAME_ANNOTATION], stamp.group);
  patch.set([...at, 'metadata', 'annotations', QUEUE_NAME_ANNOTATION], stamp.queue);
  labelWithQueue(patch, at, stamp.queue);
  if (stamp.task === '') return;
  patch.set([...at, 'metadata', 'annotations', TASK_SPEC_KEY], stamp.task);
  patch.set([...at, 'metadata', 'labels', TASK_SPEC_KEY], stamp.task);
}

/** Queue names may be longer than a label's value: those live in the annotation alone. */
export function labelWithQueue(patch: ObjectPatch, at: PatchPath, queue: string): void {
  if (isLabelValue(queue)) patch.set([...at, 'metadata', 'labels', QUEUE_NAME_LABEL], queue);
}

/** The role that the label or else the annotation names, made fit for a label; empty when neither does. */
export function roleOf(labels: JsonObject, annotations: JsonObject): string {
  const label = stringAt(labels, [TASK_SPEC_KEY]);
  return roleName(label === '' ? stringAt(annotations, [TASK_SPEC_KEY]) : label);
}

/** A role as somebody named it, made fit for a label. */
export function roleName(text: string): string {
  return isLabelValue(text) ? text : dnsLabel(text, MAX_NAME_LENGTH);
}

const LABEL_VALUE = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

function isLabelValue(text: string): boolean {
  return LABEL_VALUE.test(text);
}

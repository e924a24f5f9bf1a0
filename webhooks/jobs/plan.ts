import type { GroupPlan } from '../../src/api/group-plan.ts';
import { GROUP_MIN_MEMBER_ANNOTATION } from '../../src/api/keys.ts';
import { numberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { DenyVerdict } from '../admission.ts';
import { minResources } from '../min-resources.ts';
import { DEFAULT_TASK, roleOf } from '../stamp.ts';
import { MAX_COUNT, wholeNumberAnnotation } from '../whole-number.ts';
import type { Bounds, WholeNumber } from '../whole-number.ts';

/** What a Job's plan does not take from its size: names that stay when the size changes. */
export interface JobNames {
  readonly group: string;
  readonly root: string;
  readonly queue: string;
  readonly task: string;
}

/** A plan, told apart from a refusal. */
export interface PlannedJob {
  readonly kind: 'plan';
  readonly plan: GroupPlan;
}

/** Pods of the Job that run at the same time: never more than parallelism, nor than completions when those are set. */
function podsAtOnce(job: JsonObject): number {
  const parallelism = count(job, 'parallelism', 1);
  return Math.min(parallelism, count(job, 'completions', parallelism));
}

/** The role of the Job's pods: named on the template, or on the Job, else `worker`. */
export function taskOf(job: JsonObject): string {
  return roleOf(objectAt(job, 'spec', 'template')) || roleOf(job) || DEFAULT_TASK;
}

/** Plans the Job's gang: all pods that run at once, or fewer when an annotation says how few are enough. */
export function planJob(job: JsonObject, names: JobNames): PlannedJob | DenyVerdict {
  const pods = podsAtOnce(job);
  const bound = lowerBound(job, pods);
  if (bound.kind === 'deny') return bound;
  const min = Math.min(bound.value ?? pods, pods);
  const template = objectAt(job, 'spec', 'template', 'spec');
  return {
    kind: 'plan',
    plan: {
      version: 1,
      group: names.group,
      root: names.root,
      queue: names.queue,
      priorityClassName: stringAt(template, ['priorityClassName']),
      tasks: [{ name: names.task, min, stage: 0 }],
      minResources: minResources(template, min),
    },
  };
}

/** From the Job, else from its template, as Volcano's automatic groups take it. */
function lowerBound(job: JsonObject, pods: number): WholeNumber | DenyVerdict {
  // A paused Job (parallelism 0) keeps its lower bound for the day it is started.
  const bounds = { min: 1, max: pods === 0 ? MAX_COUNT : pods, maxMeaning: 'the pods that run at once' };
  const own = wholeNumberAnnotation(job, '', GROUP_MIN_MEMBER_ANNOTATION, bounds);
  if (own.kind === 'deny' || own.value !== undefined) return own;
  return templateLowerBound(job, bounds);
}

/** The lower bound that a Job's template hands to its pods. */
export function templateLowerBound(job: JsonObject, bounds: Bounds): WholeNumber | DenyVerdict {
  return wholeNumberAnnotation(
    objectAt(job, 'spec', 'template'),
    'spec.template.',
    GROUP_MIN_MEMBER_ANNOTATION,
    bounds,
  );
}

function count(job: JsonObject, field: string, fallback: number): number {
  return Math.min(Math.max(0, Math.trunc(numberAt(job, ['spec', field], fallback))), MAX_COUNT);
}

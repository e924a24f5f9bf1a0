import type { GroupPlan } from '../../src/api/group-plan.ts';
import { GROUP_PLAN_ANNOTATION } from '../../src/api/keys.ts';
import { podRequests } from '../../src/api/projections/pod-requests.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import type { Submitter } from '../../src/api/submitter-claim.ts';
import { memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest } from '../admission.ts';
import { sumOfRoom } from '../room.ts';
import { planOf, rootName } from '../own-plan.ts';
import { fitOf } from '../fit.ts';
import type { Answers, Fit } from '../question.ts';
import { namedQueue } from '../queue-choice.ts';
import type { QueueChoice } from '../queue-choice.ts';
import { DEFAULT_TASK, roleOf } from '../stamp.ts';
import { readTemplateFacts } from '../template-facts.ts';
import type { TemplateFacts } from '../template-facts.ts';
import { policyMinOf } from '../policy-min.ts';
import { MAX_COUNT } from '../whole-number.ts';
import { overheadOf } from './runtime-class.ts';

/** The parts of a batch/v1 Job that decide what becomes of it; read once. */
export interface JobFacts {
  readonly job: JsonObject;
  /** Its name, or its generateName while it has none. */
  readonly root: string;
  /** Empty until it is stored. */
  readonly uid: string;
  readonly annotations: JsonObject;
  readonly template: TemplateFacts;
  /** The plan annotation as it stands; empty when there is none. */
  readonly planText: string;
  readonly plan: GroupPlan | undefined;
  /** The queue that the Job itself names. */
  readonly ownQueue: QueueChoice | undefined;
  /** The role of its pods: named on the template, or on the Job, else `worker`. */
  readonly role: string;
  /** Pods that run at the same time: never more than parallelism, nor than completions when those are set. */
  readonly pods: number;
  readonly completions: number | undefined;
  /** The queue that a policy puts it in, whatever it names; undefined for no word. */
  readonly ruledQueue: QueueChoice | undefined;
  /** How few pods a policy lets its gang start with; undefined for no word. */
  readonly policyMin: number | undefined;
  /** The policies that are for it when it is made; undefined for none. */
  readonly policies: string | undefined;
  /** Who it is of when it is made; undefined where nobody knows. */
  readonly submitter: Submitter | undefined;
  /** What nodes would say to its pods, as far as somebody could tell. */
  readonly fit: Fit | undefined;
  /** What one of its pods will be charged. */
  readonly podSize: ResourceAmounts;
}

/** Reads the facts; nothing here depends on the cluster. */
export function readJobFacts(request: AdmissionRequest, job: JsonObject, answers: Answers): JobFacts {
  const annotations = objectAt(job, 'metadata', 'annotations');
  const labels = objectAt(job, 'metadata', 'labels');
  const template = readTemplateFacts(objectAt(job, 'spec', 'template'), 'spec.template.');
  const completions = count(job, 'completions');
  return {
    job,
    root: rootName(request, job),
    uid: stringAt(job, ['metadata', 'uid']),
    annotations,
    template,
    planText: stringAt(annotations, [GROUP_PLAN_ANNOTATION]),
    plan: planOf(annotations),
    ownQueue: namedQueue(labels, annotations, ''),
    role: template.role || roleOf(labels, annotations) || DEFAULT_TASK,
    pods: podsAtOnce(job),
    completions,
    ruledQueue: undefined,
    policyMin: policyMinOf(annotations),
    policies: undefined,
    submitter: undefined,
    fit: fitOf(answers),
    podSize: sumOfRoom(podRequests(template.spec), overheadOf(answers)),
  };
}

/** Never more than completions. */
export function podsAtOnce(job: JsonObject): number {
  const parallelism = count(job, 'parallelism') ?? 1;
  return Math.min(parallelism, count(job, 'completions') ?? parallelism);
}

/** The plan that the Job was stamped from. One for another group than the template names was never ours. */
export function ownPlan({ plan, template }: JobFacts): GroupPlan | undefined {
  return plan?.group === template.group ? plan : undefined;
}

function count(job: JsonObject, field: string): number | undefined {
  const value = memberAt(job, 'spec', field);
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return Math.min(Math.max(0, Math.trunc(value)), MAX_COUNT);
}

import { formatAmounts } from '../../src/api/amounts.ts';
import type { GroupPlan } from '../../src/api/group-plan.ts';
import { GROUP_MIN_MEMBER_ANNOTATION } from '../../src/api/keys.ts';
import type { SignedSubmitter } from '../../src/api/submitter-claim.ts';
import { objectAt } from '../../src/lib/json.ts';
import type { DenyVerdict } from '../verdict.ts';
import { wishedNetwork, wishedRoom } from '../group-wishes.ts';
import { roomFor } from '../room.ts';
import { isKept } from '../kept.ts';
import { MAX_COUNT, wholeNumberAnnotation } from '../whole-number.ts';
import type { Bounds, WholeNumber } from '../whole-number.ts';
import { jobEstimate } from '../running-estimate.ts';
import type { JobFacts } from './job-facts.ts';

/** What a Job's plan does not take from its size: what stays when the size changes. */
export interface PlanFrame extends SignedSubmitter {
  readonly group: string;
  readonly root: string;
  readonly queue: string;
  readonly task: string;
  /** The minimum while the Job is paused and names none: never 0, since its pods may come before the next plan does. */
  readonly pausedMin: number;
  readonly policies?: string | undefined;
}

/** A plan, told apart from a refusal. */
export interface PlannedJob {
  readonly kind: 'plan';
  readonly plan: GroupPlan;
}

/** Plans the Job's gang: all pods that run at once, or fewer when an annotation says how few are enough. */
export function planJob(job: JobFacts, frame: PlanFrame): PlannedJob | DenyVerdict {
  const bound = lowerBound(job);
  if (bound.kind === 'deny') return bound;
  const all = job.pods === 0 ? Math.max(1, frame.pausedMin) : job.pods;
  // Whether a policy comes before what the Job says was decided when that was made; never more than run at once, whoever wrote it.
  const min = job.policyMin === undefined ? (bound.value ?? all) : Math.min(job.policyMin, all);
  const said = [job.annotations, job.template.annotations] as const;
  const [network, room] = [wishedNetwork(...said), wishedRoom(...said)];
  return {
    kind: 'plan',
    plan: {
      version: 1,
      group: frame.group,
      root: frame.root,
      queue: frame.queue,
      priorityClassName: job.template.priorityClassName,
      owner: 'root',
      ...(isKept(objectAt(job.job, 'metadata')) ? { isKept: true } : {}),
      tasks: [{ name: frame.task, min, stage: 0 }],
      runningEstimate: jobEstimate(job.job, job.annotations),
      submitter: frame.submitter,
      signature: frame.signature,
      policies: frame.policies,
      ...(network === undefined ? {} : { network }),
      minResources: formatAmounts(room ?? roomFor(job.podSize, min)),
    },
  };
}

/** From the Job, else from its template, as Volcano's automatic groups take it. */
function lowerBound(job: JobFacts): WholeNumber | DenyVerdict {
  // A paused Job (parallelism 0) keeps its lower bound for the day it is started.
  const bounds = { min: 1, max: job.pods === 0 ? MAX_COUNT : job.pods, maxMeaning: 'the pods that run at once' };
  const own = wholeNumberAnnotation(job.annotations, '', GROUP_MIN_MEMBER_ANNOTATION, bounds);
  if (own.kind === 'deny' || own.value !== undefined) return own;
  return templateLowerBound(job, bounds);
}

/** The lower bound that a Job's template hands to its pods. */
export function templateLowerBound({ template }: JobFacts, bounds: Bounds): WholeNumber | DenyVerdict {
  return wholeNumberAnnotation(template.annotations, template.path, GROUP_MIN_MEMBER_ANNOTATION, bounds);
}

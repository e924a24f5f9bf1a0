import type { Submitter } from '../../src/api/submitter-claim.ts';
import { isJsonObject, memberAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { controllerOf } from '../controller-of.ts';
import { inheritanceOf } from '../inheritance.ts';
import { withRoot } from '../policies/root-of.ts';
import { injectInto, withInjected } from '../injection/injected.ts';
import { policyNames } from '../injection/want.ts';
import type { RuleWant } from '../injection/want.ts';
import { NO_ANSWERS } from '../question.ts';
import type { Answers } from '../question.ts';
import { jobSubmitter } from '../submitter.ts';
import { UNCHANGED } from '../verdict.ts';
import { createJob } from './create.ts';
import { readJobFacts } from './job-facts.ts';
import type { JobFacts } from './job-facts.ts';
import { updateJob } from './update.ts';

/** Jobs of batch/v1: the gang is planned here, before the first pod exists. */
export function mutateJob(request: AdmissionRequest, view: ClusterView, answers: Answers = NO_ANSWERS): Verdict {
  const { object: job, oldObject: old, operation, subresource } = request;
  if (job === undefined || subresource !== '' || isBeingDeleted(request)) return UNCHANGED;
  if (!isJsonObject(memberAt(job, 'spec', 'template'))) return UNCHANGED;
  const facts = readJobFacts(request, job, answers);
  if (operation === 'CREATE') return createInjected(request, facts, view, answers);
  if (operation !== 'UPDATE' || old === undefined) return UNCHANGED;
  return updateJob(request, facts, readJobFacts(request, old, answers), view);
}

const TEMPLATE = ['spec', 'template'] as const;

/** With the queue and the bound of policies; a bound that a copied manifest brings is nobody's. */
function asRuled(job: JobFacts, rules: RuleWant | undefined, submitter: Submitter | undefined): JobFacts {
  return { ...job, submitter, policyMin: rules?.minMembers, ruledQueue: rules?.queue, policies: policyNames(rules) };
}

/** What is added to its pods counts in its gang. */
function createInjected(request: AdmissionRequest, job: JobFacts, view: ClusterView, answers: Answers): Verdict {
  if (job.template.scheduler === 'foreign') return createJob(request, job, view);
  const inherited = inheritanceOf(controllerOf(job.job), request.namespace, view, answers);
  const injected = injectInto(request, job.job, withRoot(job.template, request, view, answers), TEMPLATE, view);
  const facts = injected.object === job.job ? job : readJobFacts(request, injected.object, answers);
  const submitter = jobSubmitter(request, job.job, inherited, view, answers);
  return withInjected(injected, createJob(request, asRuled(facts, injected.rules, submitter), view, inherited));
}

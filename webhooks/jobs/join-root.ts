import { GROUP_PLAN_ANNOTATION } from '../../src/api/keys.ts';
import { JOBS } from '../../src/api/resources.ts';
import type { ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { joinTemplate } from '../frameworks/join-template.ts';
import type { Inheritance } from '../inheritance.ts';
import { knownQueueWarning } from '../named-group.ts';
import { needWarnings } from '../need-warnings.ts';
import { ObjectPatch } from '../object-patch.ts';
import { labelWithQueue, stampPod } from '../stamp.ts';
import { allow } from '../verdict.ts';
import type { JobFacts } from './job-facts.ts';

/**
 * A Job that is made for a planned object: its pods are members of that object's group, and it plans none of its own. Undefined
 * when its template names another group by hand.
 */
export function joinRoot(
  job: JobFacts,
  inherited: Extract<Inheritance, { kind: 'plan' }>,
  view: ClusterView,
): Verdict | undefined {
  const stamp = joinTemplate(inherited, JOBS, job.job, job.template);
  const { group: named, scheduler } = job.template;
  if (stamp === undefined || (named !== '' && named !== stamp.group && named !== job.plan?.group)) return undefined;
  const patch = new ObjectPatch(job.job);
  patch.remove(['metadata', 'annotations', GROUP_PLAN_ANNOTATION]);
  labelWithQueue(patch, [], stamp.queue);
  stampPod(patch, ['spec', 'template'], scheduler, stamp);
  const warnings = [
    ...knownQueueWarning(job.ownQueue ?? job.template.queue, stamp.group, stamp.queue),
    ...needWarnings(job.template, view),
  ];
  return allow(patch.operations, warnings, { group: stamp.group, queue: stamp.queue });
}

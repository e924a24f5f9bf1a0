import { lackingPods } from '../framework/lacking-pods.ts';
import { lackingSubGroups } from '../framework/lacking-sub-groups.ts';
import { bundlesOf } from '../model/bundles.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import type { Plugin } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import { quotaHint } from './quota-hint.ts';

/**
 * All or none: a job is valid with enough tasks, ready with enough of them placed; unready jobs go first. Parts of a job are
 * all or none as well. Pods go for others as far as their gang has more than its minimum, of a part as far as that has more
 * than its size, else all of the part; the actions that look at gangs may take a gang as a whole.
 * Best-effort tasks count like all others (Volcano counts them as ready while pending; see docs/decisions).
 */
export const gang: Plugin = {
  name: 'gang',
  make: (snapshot) => ({
    jobValidFn: (job) => validate(job, snapshot),
    jobReadyFn: (job) => job.hasMinimum() && job.subGroups?.hasHalves() !== true,
    lackingFn: (job) => job.missing(),
    jobPipelinedFn: isPlaced,
    jobStarvingFn: (job) => !isPlaced(job),
    preemptableFn: (_, candidates) => bundlesOf(candidates).safe,
    reclaimableFn: (_, candidates) => bundlesOf(candidates).safe,
    unifiedEvictableFn: (_, candidates) => candidates,
    jobOrderFn: (a, b) => Number(a.hasMinimum()) - Number(b.hasMinimum()),
    isSteadyOrder: true,
  }),
};

function validate(job: Job, snapshot: Snapshot): Refusal | undefined {
  if (job.valid() < job.minMember) {
    const lacking = lackingPods(job);
    return { ...lacking, message: `${lacking.message}${quotaHint(job, snapshot)}` };
  }
  const { subGroups } = job;
  return lackingRole(job) ?? (subGroups && lackingSubGroups(job, subGroups));
}

function lackingRole(job: Job): Refusal | undefined {
  for (const group of job.groups) {
    if (group.valid() >= group.min) continue;
    return {
      code: 'NotEnoughPodsOfTask',
      message: `PodGroup ${job.key} needs ${group.min} pods of task ${group.name} and has ${group.valid()}.`,
    };
  }
  return undefined;
}

/** The job's minimum and that of each role and policy, promised room counted. O(roles + policies). */
function isPlaced(job: Job): boolean {
  if (job.placed() < job.minMember) return false;
  for (const group of job.groups) if (group.placed() < group.min) return false;
  const { subGroups } = job;
  return subGroups === undefined || (subGroups.isPlaced() && !subGroups.hasPromisedHalves());
}

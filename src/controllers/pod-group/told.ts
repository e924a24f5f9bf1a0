import type { GroupPlan, PlannedTask } from '../../api/group-plan.ts';
import { SLUICE_SCHEDULER } from '../../api/keys.ts';
import type { SignedSubmitter } from '../../api/submitter-claim.ts';
import { eventOnce } from '../effect.ts';
import type { EventEffect } from '../effect.ts';
import { rootRef } from './plan-root.ts';
import type { PlanRoot } from './plan-root.ts';

/** Roles that are named: a note has room for so many. */
const MOST_ROLES = 12;

/**
 * Tells a Job, or an object above one, what became of it when its group is made: once, since a group is made once. A pod that
 * plans a group for itself is told nothing: there is one for each.
 */
export function groupPlanned(
  root: PlanRoot,
  plan: GroupPlan,
  { signature }: SignedSubmitter,
  reported: ReadonlySet<string>,
): readonly EventEffect[] {
  if (root.kind === 'pod') return [];
  const event = {
    regarding: rootRef(root),
    type: 'Normal',
    reason: 'GroupPlanned',
    action: 'Grouping',
    note: noteOf(plan, signature !== undefined),
  } as const;
  return eventOnce(event, reported);
}

function noteOf(plan: GroupPlan, isVerified: boolean): string {
  const { group, queue, priorityClassName, submitter, policies, isKept, isSuspended } = plan;
  const facts = [
    priorityClassName === '' ? '' : `priority class ${priorityClassName}`,
    isKept === true ? 'never evicted for others' : '',
    isSuspended === true ? 'suspended' : '',
    submitter === undefined ? '' : `submitted by ${submitter}${isVerified ? '' : ' (not verified)'}`,
    policies === undefined ? '' : `under policies ${policies}`,
  ].filter((fact) => fact !== '');
  const more = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  return `PodGroup ${group} in queue ${queue} starts with ${startOf(plan)}${more}. ${GIVEN}`;
}

const GIVEN = `Its pods have that group, their role and queue, and the scheduler ${SLUICE_SCHEDULER} where they named none.`;

/** Who starts together, stage by stage. */
function startOf({ tasks }: GroupPlan): string {
  const needed = tasks.filter(({ min }) => min > 0);
  const stages = [...new Set(needed.map(({ stage }) => stage))].toSorted((a, b) => a - b);
  return stages.map((stage) => countsOf(needed.filter((task) => task.stage === stage))).join(', then ');
}

function countsOf(tasks: readonly PlannedTask[]): string {
  const named = tasks.slice(0, MOST_ROLES).map(({ name, min }) => `${min} ${name}`);
  const rest = tasks.length - named.length;
  return [...named, ...(rest > 0 ? [`${rest} roles more`] : [])].join(' and ');
}

import type { VcjobTask } from '../../api/records/vcjob-record.ts';
import { POLICY_ACTIONS } from '../../api/vcjob-policies.ts';
import { durationMs } from '../../lib/duration.ts';
import type { Happening } from './happening.ts';
import type { JobPlan } from './job-plan.ts';

/** What policies and Commands may ask for. */
export type JobAction = (typeof POLICY_ACTIONS)[number];

type Policies = NonNullable<VcjobTask['policies']>;
type Policy = Policies[number];

/** What is to be done about a happening, and when. */
export interface Reaction {
  readonly action: JobAction;
  readonly happening: Happening;
  /** Milliseconds since 1970. */
  readonly dueMs: number;
}

/** Where the job stands in time. */
export interface PolicyClock {
  /** When it took its phase: what happened before and was to be acted on later is forgotten. */
  readonly phaseSinceMs: number;
}

/** What the job's policies want done about what happened; the policies of a task come before those of the job. */
export function reactionsTo(
  happenings: readonly Happening[],
  plan: JobPlan,
  policies: Policies,
  clock: PolicyClock,
): readonly Reaction[] {
  return happenings.flatMap((happening) => {
    const own = plan.byName.get(happening.task)?.task.policies ?? [];
    const policy = [...own, ...policies].find((one) => isFor(one, happening));
    return policy === undefined ? [] : reaction(policy, happening, clock);
  });
}

function isFor(policy: Policy, { event, pod }: Happening): boolean {
  const { exitCode } = policy;
  const events = new Set([...(policy.event === undefined ? [] : [policy.event]), ...(policy.events ?? [])]);
  // Every pod is pending at first: only one that stays so is worth a reaction.
  if (event === 'PodPending' && policy.timeout === undefined) return false;
  if (events.has(event) || events.has('*')) return true;
  return exitCode !== undefined && event === 'PodFailed' && pod?.exitCode === exitCode;
}

function reaction(policy: Policy, happening: Happening, { phaseSinceMs }: PolicyClock): readonly Reaction[] {
  const action = POLICY_ACTIONS.find((one) => one === policy.action);
  if (action === undefined) return [];
  const delayMs = policy.timeout === undefined ? 0 : (durationMs(policy.timeout) ?? 0);
  if (delayMs <= 0) return [{ action, happening, dueMs: 0 }];
  const atMs = happening.atMs === 0 ? phaseSinceMs : happening.atMs;
  // Times of the API have whole seconds.
  const isOfThisPhase = Math.floor(atMs / SECOND_MS) >= Math.floor(phaseSinceMs / SECOND_MS);
  return isOfThisPhase ? [{ action, happening, dueMs: atMs + delayMs }] : [];
}

const SECOND_MS = 1000;

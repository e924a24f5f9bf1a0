import type { PluginProblem } from '../../../api/vcjob-plugins/plugin-problem.ts';
import { formatFieldError } from '../../../lib/field-error.ts';
import { eventOnce } from '../../effect.ts';
import type { Effect, ObjectRef, Refusal } from '../../effect.ts';
import type { JobLook } from '../job-look.ts';
import { lastRefusal } from '../last-refusal.ts';

/** Volcano's words. */
const PLUGIN_REFUSED: Refusal = { reason: 'PluginError', start: 'Execute plugin when job add failed, err: ' };

/** Why the API server does not take an object of a plugin; empty when it said nothing of any. */
export function pluginRefused(look: Pick<JobLook, 'job' | 'reported'>): string {
  return lastRefusal(look, PLUGIN_REFUSED);
}

/** The first plugin that cannot be carried out, for which the job gets no pods. Empty where there is none. */
export function pluginInTheWay(problems: readonly PluginProblem[]): string {
  const vital = problems.find(({ isHarmless }) => !isHarmless);
  return vital === undefined ? '' : formatFieldError(vital.error);
}

/** Tells a job, once, what is wrong with its plugins; admission refuses most of it, where it is asked. */
export function pluginProblemEvents(
  problems: readonly PluginProblem[],
  regarding: ObjectRef,
  told: ReadonlySet<string>,
): readonly Effect[] {
  return problems.flatMap(({ error, isHarmless }) => {
    const text = formatFieldError(error);
    const note = isHarmless ? text : `${PLUGIN_REFUSED.start}${text}`;
    return eventOnce({ regarding, type: 'Warning', reason: 'PluginError', action: 'Making', note }, told);
  });
}

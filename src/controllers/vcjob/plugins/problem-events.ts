import type { PluginProblem } from '../../../api/vcjob-plugins/plugin-problem.ts';
import { formatFieldError } from '../../../lib/field-error.ts';
import { eventOnce } from '../../effect.ts';
import type { Effect, ObjectRef } from '../../effect.ts';

/** Tells a job, once, what is wrong with its plugins; admission refuses most of it, where it is asked. */
export function pluginProblemEvents(
  problems: readonly PluginProblem[],
  regarding: ObjectRef,
  told: ReadonlySet<string>,
): readonly Effect[] {
  return problems.flatMap(({ error, isHarmless }) => {
    const text = formatFieldError(error);
    const note = isHarmless ? text : `Execute plugin when job add failed, err: ${text}`;
    return eventOnce({ regarding, type: 'Warning', reason: 'PluginError', action: 'Making', note }, told);
  });
}

import { PODS } from '../../api/resources.ts';
import type { PluginProblem } from '../../api/vcjob-plugins/plugin-problem.ts';
import { formatFieldError } from '../../lib/field-error.ts';
import { eventOnce } from '../effect.ts';
import type { CreateEffect, Effect, EventEffect } from '../effect.ts';
import { openTasks } from './depends-on.ts';
import { lostCount } from './happenings.ts';
import type { JobLook } from './job-look.ts';
import type { TaskPlan } from './job-plan.ts';
import { podBody, podName } from './pod-body.ts';
import type { NewPod } from './pod-body.ts';
import { dressPod, pluginsOf } from './plugins/table.ts';
import { jobRef } from './status.ts';

/** The pods that are missing, once the group was let in; a place whose name somebody still holds waits. O(places + pods). */
export function newPods(look: JobLook): readonly Effect[] {
  const { job, group, life, plan, jobPods } = look;
  if (group === undefined || group.deleting || group.phase === '' || group.phase === 'Pending') return [];
  const missing = openTasks(plan, jobPods).flatMap((task) => missingPods(look, task));
  if (missing.length === 0) return [];
  const plugins = pluginsOf(job);
  const problems = plugins.problems.filter(({ isHarmless }) => !isHarmless);
  if (problems.length > 0) return eventOnce(pluginError(look, problems), look.reported);
  const { namespace } = job;
  const writes = missing.map((pod): CreateEffect => {
    const name = podName(job, pod.task.name, pod.index);
    const place = { task: pod.task.name, index: pod.index };
    const body = dressPod(podBody(job, group.name, life, pod), place, plugins);
    return { kind: 'create', type: PODS, namespace, name, regarding: jobRef(job), body };
  });
  return [{ kind: 'together', writes }];
}

/** Admission refuses such a job; where it is off, the job has to say so itself. Volcano's words. */
function pluginError({ job }: JobLook, problems: readonly PluginProblem[]): Omit<EventEffect, 'kind'> {
  const said = problems.map(({ error }) => formatFieldError(error)).join('; ');
  const note = `Execute plugin when job add failed, err: ${said}`;
  return { regarding: jobRef(job), type: 'Warning', reason: 'PluginError', action: 'Making', note };
}

function missingPods(look: JobLook, task: TaskPlan): readonly NewPod[] {
  const { job, jobPods, hasPod } = look;
  const places = Array.from({ length: task.replicas }, (_, index) => index);
  const free = places.filter((index) => !hasPod(podName(job, task.name, index)));
  if (free.length === 0) return [];
  const lost = lostCount(
    task,
    jobPods.filter((each) => each.task === task.name),
    job,
  );
  return free.map((index, at) => ({ task, index, replacesEvicted: at < lost }));
}

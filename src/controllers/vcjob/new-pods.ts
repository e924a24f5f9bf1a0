import { PODS } from '../../api/resources.ts';
import type { CreateEffect, Effect } from '../effect.ts';
import { openTasks } from './depends-on.ts';
import { lostCount } from './happenings.ts';
import type { JobLook } from './job-look.ts';
import type { TaskPlan } from './job-plan.ts';
import { podBody, podName } from './pod-body.ts';
import type { NewPod } from './pod-body.ts';
import { pluginProblemEvents } from './plugins/problem-events.ts';
import { dressPod, pluginsOf } from './plugins/table.ts';
import { jobRef } from './status.ts';

/** Pods of one look: bodies of thousands take a while to make, and everything else waits meanwhile. */
const MOST_AT_ONCE = 1000;

/** The pods that are missing, once the group was let in; a place whose name somebody still holds waits. O(places + pods). */
export function newPods(look: JobLook): readonly Effect[] {
  const { job, group, life, plan, jobPods } = look;
  if (group === undefined || group.deleting || group.phase === '' || group.phase === 'Pending') return [];
  const all = openTasks(plan, jobPods).flatMap((task) => missingPods(look, task));
  const missing = all.slice(0, MOST_AT_ONCE);
  if (missing.length === 0) return [];
  const plugins = pluginsOf(job);
  const told = pluginProblemEvents(plugins.problems, jobRef(job), look.reported);
  if (plugins.problems.some(({ isHarmless }) => !isHarmless)) return told;
  const { namespace } = job;
  const writes = missing.map((pod): CreateEffect => {
    const name = podName(job, pod.task.name, pod.index);
    const place = { task: pod.task.name, index: pod.index };
    const body = dressPod(podBody(job, group.name, life, pod), place, plugins);
    return { kind: 'create', type: PODS, namespace, name, regarding: jobRef(job), body };
  });
  return [...told, { kind: 'together', writes }];
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

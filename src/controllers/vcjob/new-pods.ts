import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import { PODS } from '../../api/resources.ts';
import { eventOnce } from '../effect.ts';
import type { CreateEffect, Effect, Refusal } from '../effect.ts';
import { openTasks } from './depends-on.ts';
import { lostCount } from './happenings.ts';
import type { JobLook } from './job-look.ts';
import type { TaskPlan } from './job-plan.ts';
import { lastRefusal } from './last-refusal.ts';
import { lookAgain } from './look-again.ts';
import { podBody, podName } from './pod-body.ts';
import type { NewPod } from './pod-body.ts';
import { pluginProblemEvents } from './plugins/problem-events.ts';
import { dressPod, pluginsOf } from './plugins/table.ts';
import { jobRef } from './status.ts';

/** Pods of one look: bodies of thousands take a while to make, and everything else waits meanwhile. */
const MOST_AT_ONCE = 1000;

/** The pods that are missing, once the group was let in; a place whose name somebody still holds waits. O(places + pods). */
export function newPods(look: JobLook): readonly Effect[] {
  const { job, group, life } = look;
  if (group === undefined || !isLetIn(group)) return [];
  const missing = missingPods(look).slice(0, MOST_AT_ONCE);
  const taken = takenPlace(look);
  if (missing.length === 0) return taken;
  const plugins = pluginsOf(job);
  const told = pluginProblemEvents(plugins.problems, jobRef(job), look.reported);
  if (plugins.problems.some(({ isHarmless }) => !isHarmless)) return [...told, ...taken];
  const { namespace } = job;
  const writes = missing.map((pod): CreateEffect => {
    const name = podName(job, pod.task.name, pod.index);
    const place = { task: pod.task.name, index: pod.index };
    const body = dressPod(podBody(job, group.name, life, pod), place, plugins);
    return { kind: 'create', type: PODS, namespace, name, regarding: jobRef(job), body, refusal: POD_REFUSED };
  });
  return [...told, { kind: 'together', writes }, ...taken];
}

/** How often a name that somebody else's pod holds is looked at again: its end wakes nobody. */
const TAKEN_WAIT_MS = 5000;

/** Pods of an earlier job of the same name go with it, and are waited for so long without a word: on a lost node they stay (volcano#2284). */
const LEFTOVER_WAIT_MS = 30_000;

/** The first place whose name a pod holds that is not of this job; told once, unless that pod goes already, and not for long. */
function takenPlace({ job, plan, podNamed, reported, nowMs }: JobLook): readonly Effect[] {
  for (const task of plan.tasks)
    for (let index = 0; index < task.replicas; index += 1) {
      const pod = podNamed(podName(job, task.name, index));
      if (pod === undefined || pod.owner?.uid === job.uid) continue;
      const isGoing = pod.deleting || pod.owner?.name === job.name;
      if (isGoing && nowMs - job.createdMs < LEFTOVER_WAIT_MS) return [lookAgain(TAKEN_WAIT_MS)];
      const whose = isGoing ? 'is still on its way out' : 'exists already';
      const note = `Pod ${pod.name} ${whose} and is not of this Job: its place stays empty until that pod is gone.`;
      const event = {
        regarding: jobRef(job),
        type: 'Warning',
        reason: 'PodNameTaken',
        action: 'Making',
        note,
      } as const;
      return [...eventOnce(event, reported), lookAgain(TAKEN_WAIT_MS)];
    }
  return [];
}

/** Volcano's words. */
const POD_REFUSED: Refusal = { reason: 'FailedCreate', start: 'Error creating pods: ' };

/** Why the API server does not take the pods that are missing; empty when none is missing, or none was refused. */
export function podsRefused(look: JobLook): string {
  const { group } = look;
  const why = lastRefusal(look, POD_REFUSED);
  const isMissing = why !== '' && group !== undefined && isLetIn(group) && missingPods(look).length > 0;
  return isMissing ? why : '';
}

function isLetIn({ deleting, phase }: PodGroupRecord): boolean {
  return !deleting && phase !== '' && phase !== 'Pending';
}

function missingPods(look: JobLook): readonly NewPod[] {
  return openTasks(look.plan, look.jobPods, look.done).flatMap((task) => missingOf(look, task));
}

function missingOf(look: JobLook, task: TaskPlan): readonly NewPod[] {
  const { job, jobPods, done, podNamed } = look;
  const places = Array.from({ length: task.replicas }, (_, index) => index);
  const isDone = done.get(task.name);
  const free = places.filter(
    (index) => isDone?.has(index) !== true && podNamed(podName(job, task.name, index)) === undefined,
  );
  if (free.length === 0) return [];
  const lost = lostCount(
    task,
    jobPods.filter((each) => each.task === task.name),
    look,
  );
  return free.map((index, at) => ({ task, index, replacesEvicted: at < lost }));
}

import { OUT_OF_SYNC_ANNOTATION } from '../../api/keys.ts';
import { POD_GROUPS, PODS } from '../../api/resources.ts';
import type { DeleteEffect, Effect, PatchEffect } from '../effect.ts';
import { completedIndexes, notRestarted } from './done-places.ts';
import type { DonePlaces } from './done-places.ts';
import { countsOf, statusOf } from './job-look.ts';
import type { JobLook } from './job-look.ts';
import { isFinished } from './job-pod.ts';
import type { JobPod } from './job-pod.ts';
import type { JobPhase } from './life.ts';
import type { Reaction } from './policies.ts';
import { jobRef } from './status.ts';
import type { JobStep } from './state-machine.ts';
import { restartedPods } from './targets.ts';

type Kill = Extract<JobStep, { kind: 'kill' | 'killSome' }>;

const NOTHING_DONE: DonePlaces = new Map();

/**
 * Sends all pods of the job away, its group as well. That the job is on its way out is written before the first pod goes, so
 * that everybody who watches sees it.
 */
export function killAll(look: JobLook, { to, isRetry }: Kill): readonly Effect[] {
  const { life } = look;
  const version = life.version + 1;
  const retryCount = life.retryCount + (isRetry ? 1 : 0);
  const victims = victimsIn(look, to, retryCount);
  // All of it is done anew.
  const from = to === 'Restarting' ? { ...look, done: NOTHING_DONE } : look;
  const completed = completedIndexes(from.done, to === 'Restarting' ? [] : look.jobPods);
  return [
    ...statusOf(from, to, { version, oldestVersion: version, retryCount, completed, counts: countsOf(from, victims) }),
    ...deleted(look, victims),
    ...deletedGroup(look),
  ];
}

/**
 * Sends those pods away that the reactions are about. They are marked first, the status is written next: until then whatever
 * it was that happened can be read off the objects again, and after it nobody takes their end for an eviction.
 */
export function killSome(look: JobLook, { to, isRetry }: Kill, reactions: readonly Reaction[]): readonly Effect[] {
  const { life, jobPods, plan } = look;
  const retryCount = life.retryCount + (isRetry ? 1 : 0);
  const meant = restartedPods(jobPods, reactions);
  const going = new Set(victimsIn(look, to, retryCount));
  const victims = meant.filter((each) => going.has(each));
  const marks = meant.filter(({ isOutOfSync }) => !isOutOfSync).map((each) => mark(look, each));
  const from = { ...look, done: notRestarted(look.done, plan, reactions) };
  const completed = completedIndexes(
    from.done,
    jobPods.filter((each) => !meant.includes(each)),
  );
  return [
    ...(marks.length === 0 ? [] : [{ kind: 'together', writes: marks } as const]),
    ...statusOf(from, to, { version: life.version + 1, retryCount, completed, counts: countsOf(from, victims) }),
    ...deleted(look, victims),
  ];
}

/**
 * Pods that are to go in a phase that leads away from work. Finished ones stay where people may want to look at them: only a
 * restart takes them away, since their names are needed, and the last one, after which nothing is made again, does not.
 */
export function victimsIn({ jobPods, plan }: JobLook, phase: JobPhase, retryCount: number): readonly JobPod[] {
  const isLastRestart = phase === 'Restarting' && retryCount >= plan.maxRetry;
  const takesFinished = phase === 'Restarting' && !isLastRestart;
  return jobPods.filter((each) => !each.pod.deleting && (takesFinished || !isFinished(each)));
}

/** The deletes, each for this pod and no namesake; nothing when nobody has to go. */
export function deleted({ job }: JobLook, victims: readonly JobPod[]): readonly Effect[] {
  if (victims.length === 0) return [];
  const writes = victims.map(({ pod }): DeleteEffect => {
    const { namespace, name, uid } = pod;
    const target = { type: PODS, namespace, name, precondition: { uid, resourceVersion: '' } };
    return { kind: 'delete', ...target, propagation: 'Background', regarding: jobRef(job) };
  });
  return [{ kind: 'together', writes }];
}

export function deletedGroup({ job, group }: JobLook): readonly Effect[] {
  if (group === undefined || group.deleting) return [];
  const { namespace, name, uid } = group;
  const target = { type: POD_GROUPS, namespace, name, precondition: { uid, resourceVersion: '' } };
  return [{ kind: 'delete', ...target, propagation: 'Background', regarding: jobRef(job) }];
}

function mark({ job }: JobLook, { pod }: JobPod): PatchEffect {
  const { namespace, name, uid, resourceVersion } = pod;
  const body = { metadata: { annotations: { [OUT_OF_SYNC_ANNOTATION]: 'true' } } };
  const precondition = { uid, resourceVersion };
  return { kind: 'patch', type: PODS, namespace, name, precondition, body, regarding: jobRef(job) };
}

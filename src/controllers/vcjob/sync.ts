import { POD_GROUPS, VOLUME_CLAIMS } from '../../api/resources.ts';
import type { CreateEffect, Effect } from '../effect.ts';
import { groupBody, groupName, groupPatch } from './group-body.ts';
import { countsOf, statusOf } from './job-look.ts';
import type { JobLook } from './job-look.ts';
import { isStale } from './job-pod.ts';
import type { JobPod } from './job-pod.ts';
import { deleted } from './kill.ts';
import { livePhase } from './live-phase.ts';
import { newPods } from './new-pods.ts';
import { keepPluginObjects } from './plugins/owned.ts';
import { pluginsOf } from './plugins/table.ts';
import { ownerReference } from './pod-body.ts';
import { jobRef, withResources } from './status.ts';
import type { StatusNews } from './status.ts';
import { claimBody, volumesOf } from './volumes.ts';

/** Keeps a job that waits or runs as it should be: its group, its claims, its pods, and the status that tells of them. */
export function sync(look: JobLook, changes: Partial<StatusNews> = {}): readonly Effect[] {
  const { job, plan, life } = look;
  const going = surplus(look);
  const counts = countsOf(look, going);
  const { phase, message } =
    life.phase === '' ? { phase: 'Pending' as const, message: '' } : livePhase(job, plan, life, counts);
  // What comes next depends on the phase, and everybody is to see it first.
  if (phase !== life.phase && phase !== 'Pending') return statusOf(look, phase, { counts, message, ...changes });
  const plugins = keepPluginObjects(job, pluginsOf(job));
  const controlled = withResources(job, { ...claimsAsResources(look), ...plugins.resources });
  const status = statusOf(look, phase, { counts, message, controlled, ...changes });
  return [
    ...plugins.effects,
    ...status,
    ...groupEffects(look),
    ...claimEffects(look),
    ...deleted(look, going),
    ...newPods(look),
  ];
}

/** Pods that no place is left for, those with the highest index first, and what an interrupted restart left behind. */
function surplus({ jobPods }: JobLook): readonly JobPod[] {
  return jobPods.filter((each) => isStale(each) && !each.pod.deleting).toSorted((a, b) => b.index - a.index);
}

function groupEffects(look: JobLook): readonly Effect[] {
  const { job, plan, group, priorityOf } = look;
  const regarding = jobRef(job);
  const { namespace } = job;
  if (group === undefined) {
    const body = groupBody(job, plan, priorityOf);
    return [{ kind: 'create', type: POD_GROUPS, namespace, name: groupName(job), regarding, body }];
  }
  const spec = group.deleting ? undefined : groupPatch(group, job, plan, priorityOf);
  if (spec === undefined) return [];
  const { name, uid, resourceVersion } = group;
  const precondition = { uid, resourceVersion };
  return [{ kind: 'patch', type: POD_GROUPS, namespace, name, regarding, precondition, body: { spec } }];
}

function claimEffects({ job, hasClaim }: JobLook): readonly CreateEffect[] {
  return volumesOf(job)
    .filter(({ claim, madeFrom }) => madeFrom !== undefined && !hasClaim(claim))
    .map((volume) => {
      const body = claimBody(job, volume, ownerReference(job));
      const target = { type: VOLUME_CLAIMS, namespace: job.namespace, name: volume.claim };
      return { kind: 'create', ...target, regarding: jobRef(job), body };
    });
}

function claimsAsResources({ job }: JobLook): Readonly<Record<string, string>> {
  const made = volumesOf(job).filter(({ madeFrom }) => madeFrom !== undefined);
  return Object.fromEntries(made.map(({ claim }) => [`volume-pvc-${claim}`, claim]));
}

import { POD_GROUPS } from '../../api/resources.ts';
import type { Effect, Refusal } from '../effect.ts';
import { awaitClaims, claimEffects, claimTrouble } from './claims.ts';
import { waitsInVain } from './depends-on.ts';
import { groupBody, groupName, groupPatch } from './group-body.ts';
import { countsOf, statusOf } from './job-look.ts';
import type { JobLook } from './job-look.ts';
import { isStale } from './job-pod.ts';
import type { JobPod } from './job-pod.ts';
import { deleted } from './kill.ts';
import { livePhase } from './live-phase.ts';
import { newPods, podsRefused } from './new-pods.ts';
import { keepPluginObjects } from './plugins/owned.ts';
import { pluginInTheWay, pluginRefused } from './plugins/problem-events.ts';
import { pluginsOf } from './plugins/table.ts';
import { jobRef, withResources } from './status.ts';
import type { StatusNews } from './status.ts';
import { volumesOf } from './volumes.ts';

/** Keeps a job that waits or runs as it should be: its group, its claims, its pods, and the status that tells of them. */
export function sync(look: JobLook, changes: Partial<StatusNews> = {}): readonly Effect[] {
  const { job, plan, life, jobPods, done } = look;
  const going = surplus(look);
  const counts = countsOf(look, going);
  const live = life.phase === '' ? { phase: 'Pending' as const, message: '' } : livePhase(job, plan, life, counts);
  const ofJob = pluginsOf(job);
  const plugins = keepPluginObjects(job, ofJob);
  const isUnmade = plugins.effects.length > 0;
  const refused = refusedBy(look, isUnmade);
  const { phase } = live;
  const message = live.message || pluginInTheWay(ofJob.problems) || refused || waitsInVain(plan, jobPods, done);
  // What comes next depends on the phase, and everybody is to see it first: also while objects of plugins are refused, and why.
  const isNews = phase !== life.phase || (isUnmade && message !== (job.status.state?.message ?? ''));
  if (isNews && (phase !== 'Pending' || isUnmade)) return statusOf(look, phase, { counts, message, ...changes });
  const controlled = withResources(job, { ...claimsAsResources(look), ...plugins.resources });
  const status = statusOf(look, phase, { counts, message, controlled, ...changes });
  const waits = awaitClaims(look);
  if (waits.length > 0) return [...plugins.effects, ...status, ...waits];
  return [
    ...plugins.effects,
    ...status,
    ...groupEffects(look, refused),
    ...claimEffects(look),
    ...deleted(look, going),
    ...newPods(look),
  ];
}

/** Why the API server does not take what the job is made of; empty where it takes all, or said nothing yet. */
function refusedBy(look: JobLook, lacksObjects: boolean): string {
  return (lacksObjects ? pluginRefused(look) : '') || claimTrouble(look) || podsRefused(look);
}

/** Pods that no place is left for, those with the highest index first, and what an interrupted restart left behind. */
function surplus({ jobPods }: JobLook): readonly JobPod[] {
  return jobPods.filter((each) => isStale(each) && !each.pod.deleting).toSorted((a, b) => b.index - a.index);
}

function groupEffects(look: JobLook, refused: string): readonly Effect[] {
  const { job, group } = look;
  const regarding = jobRef(job);
  const { namespace } = job;
  if (group === undefined) {
    const body = groupBody(look);
    return [
      {
        kind: 'create',
        type: POD_GROUPS,
        namespace,
        name: groupName(job),
        regarding,
        body,
        refusal: groupRefused('create'),
      },
    ];
  }
  const body = group.deleting ? undefined : groupPatch(group, look, refused);
  if (body === undefined) return [];
  const { name, uid, resourceVersion } = group;
  const precondition = { uid, resourceVersion };
  return [
    {
      kind: 'patch',
      type: POD_GROUPS,
      namespace,
      name,
      regarding,
      precondition,
      body,
      refusal: groupRefused('update'),
    },
  ];
}

/** Volcano's words. */
function groupRefused(what: 'create' | 'update'): Refusal {
  return { reason: 'PodGroupError', start: `Failed to ${what} PodGroup, err: ` };
}

function claimsAsResources({ job }: JobLook): Readonly<Record<string, string>> {
  const made = volumesOf(job).filter(({ madeFrom }) => madeFrom !== undefined);
  return Object.fromEntries(made.map(({ claim }) => [`volume-pvc-${claim}`, claim]));
}

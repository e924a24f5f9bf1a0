import { VCJOBS } from '../../api/resources.ts';
import type { Effect } from '../effect.ts';
import type { JobCounts } from './counts.ts';
import { countsOf, statusOf } from './job-look.ts';
import type { JobLook } from './job-look.ts';
import type { JobPod } from './job-pod.ts';
import { dropPluginObjects } from './plugins/owned.ts';
import { pluginsOf } from './plugins/table.ts';
import { deleted, deletedGroup, victimsIn } from './kill.ts';
import { lookAgain } from './look-again.ts';
import { isOver } from './life.ts';
import type { JobPhase } from './life.ts';
import { jobRef, withResources } from './status.ts';

/** A job that is on its way out, or there: what is left of it goes, and then it takes the phase that comes next. */
export function settle(look: JobLook): readonly Effect[] {
  const { life } = look;
  const isRestart = life.phase === 'Restarting';
  const isWhole = !isRestart || life.oldestVersion === life.version;
  const victims = victimsIn(look, life.phase, life.retryCount).filter((each) => !isRestart || isMeant(each));
  const groupGoes = isWhole ? deletedGroup(look) : [];
  const counts = countsOf(look, victims);
  const isClean = victims.length === 0 && (!isWhole || look.group === undefined);
  const phase = isClean ? nextPhase(look, counts) : life.phase;
  const plugins = isAtRest(phase) ? dropPluginObjects(look.job, pluginsOf(look.job)) : NO_WORK;
  const controlled = withResources(look.job, plugins.resources);
  return [
    ...plugins.effects,
    ...statusOf(look, phase, { counts, controlled, message: messageOf(look, phase) }),
    ...deleted(look, victims),
    ...groupGoes,
    ...(phase === life.phase ? lastDeletion(look) : []),
  ];
}

const NO_WORK = { effects: [], resources: {} };

/** Nothing runs any more, and nothing will without somebody's word. */
function isAtRest(phase: JobPhase): boolean {
  return isOver(phase) || phase === 'Aborted';
}

/** Of a restart: those of an earlier life, and those that were told to go. */
function isMeant({ isOfEarlierLife, isOutOfSync }: JobPod): boolean {
  return isOfEarlierLife || isOutOfSync;
}

function nextPhase({ life, plan }: JobLook, { pending, running, unknown, terminating }: JobCounts): JobPhase {
  const isQuiet = pending + running + unknown + terminating === 0;
  switch (life.phase) {
    case 'Restarting':
      if (life.retryCount >= plan.maxRetry) return 'Failed';
      return plan.replicas - terminating >= plan.minAvailable ? 'Pending' : 'Restarting';
    case 'Aborting':
      return isQuiet ? 'Aborted' : 'Aborting';
    case 'Completing':
      return isQuiet ? 'Completed' : 'Completing';
    case 'Terminating':
      return isQuiet ? 'Terminated' : 'Terminating';
    default:
      return life.phase;
  }
}

function messageOf({ life, plan }: JobLook, phase: JobPhase): string {
  if (life.phase !== 'Restarting' || phase !== 'Failed') return '';
  return `The job was restarted ${life.retryCount} times, and maxRetry is ${plan.maxRetry}.`;
}

/** A job that is over goes some time later where its spec says so. */
function lastDeletion(look: JobLook): readonly Effect[] {
  const { job, life, nowMs } = look;
  const ttl = job.spec.ttlSecondsAfterFinished;
  if (ttl === undefined || !isOver(life.phase)) return [];
  const leftMs = life.sinceMs + ttl * 1000 - nowMs;
  if (leftMs > 0) return [lookAgain(leftMs)];
  const { namespace, name, uid } = job;
  const target = { type: VCJOBS, namespace, name, precondition: { uid, resourceVersion: '' } };
  return [{ kind: 'delete', ...target, propagation: 'Foreground', regarding: jobRef(job) }];
}

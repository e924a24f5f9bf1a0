import type { CommandRecord } from '../../api/records/command-record.ts';
import { COMMANDS } from '../../api/resources.ts';
import { POLICY_ACTIONS } from '../../api/vcjob-policies.ts';
import { eventFingerprint } from '../effect.ts';
import type { Effect, EventEffect } from '../effect.ts';
import { happeningsOf } from './happenings.ts';
import { lookAt } from './job-look.ts';
import type { JobLook } from './job-look.ts';
import { lookAgain } from './look-again.ts';
import { killAll, killSome } from './kill.ts';
import type { ObservedVcjob } from './observed.ts';
import { reactionsTo } from './policies.ts';
import type { JobAction, Reaction } from './policies.ts';
import { settle } from './settle.ts';
import { stepFor } from './state-machine.ts';
import { jobRef } from './status.ts';
import type { StatusNews } from './status.ts';
import { sync } from './sync.ts';
import { isPlaced } from './targets.ts';
import { nameClaims } from './volumes.ts';

/**
 * Leads a Job of Volcano through its life: makes its group and its pods, does what its policies say about what happens to
 * them, and what Commands say. All that it has to remember is in the objects.
 */
export function reconcileVcjob(observed: ObservedVcjob): readonly Effect[] {
  if (observed.job.deleting) return [];
  const look = lookAt(observed);
  const [command] = look.commands;
  if (command !== undefined && isHeard(look, command)) return obey(look, command);
  return [...react(look), ...groupNews(look)];
}

/**
 * A job that restarts goes on to do so, whatever it is told, as in Volcano. What is to bring it to a halt is therefore kept until the restart
 * is over, and carried out before a pod is made.
 */
function isHeard({ life }: JobLook, { action }: CommandRecord): boolean {
  if (life.phase === 'Restarting')
    return action !== 'AbortJob' && action !== 'TerminateJob' && action !== 'CompleteJob';
  return life.phase !== '';
}

/**
 * A Command is gone before a pod goes. The phase that it leads to is written first: a write that meets a newer job is decided anew, and
 * by then the Command has to be there still. A second look at it in that phase does no harm.
 */
function obey(look: JobLook, command: CommandRecord): readonly Effect[] {
  const { job } = look;
  const { namespace, name, uid } = command;
  const { action } = command;
  const known = POLICY_ACTIONS.find((one) => one === action);
  const note = `Start to execute command ${action}, and clean it up to make sure executed not more than once.`;
  const target = { type: COMMANDS, namespace, name, precondition: { uid, resourceVersion: '' } };
  const gone = { kind: 'delete', ...target, propagation: 'Background', regarding: jobRef(job) } as const;
  // A restart of less than the job has to say of what, and Commands cannot.
  if (known === undefined || isPartial(known)) return [gone, commandRefused(look, action)];
  const effects = act(look, known, []);
  const told = effects.findIndex(({ kind }) => kind === 'patchStatus') + 1;
  return [
    ...effects.slice(0, told),
    gone,
    { kind: 'event', regarding: jobRef(job), type: 'Normal', reason: 'CommandIssued', action: 'Obeying', note },
    ...effects.slice(told),
  ];
}

function commandRefused({ job }: JobLook, action: string): EventEffect {
  const whole = POLICY_ACTIONS.filter((one) => !isPartial(one)).join(', ');
  const note = `Command ${action} is not carried out: for a Job there are ${whole}.`;
  return { kind: 'event', regarding: jobRef(job), type: 'Warning', reason: 'CommandRefused', action: 'Obeying', note };
}

function react(look: JobLook): readonly Effect[] {
  const { life, job, plan, jobPods, done, group, nowMs } = look;
  if (life.phase === '') return begin(look);
  if (life.phase !== 'Pending' && life.phase !== 'Running') return settle(look);
  const happenings = happeningsOf({ job, plan, pods: jobPods, done, group, nowMs });
  const clock = { phaseSinceMs: life.sinceMs };
  const reactions = reactionsTo(happenings, plan, job.spec.policies ?? [], clock).filter(isPlaced);
  const due = reactions.filter(({ dueMs }) => dueMs <= nowMs);
  const whole = due.find(({ action }) => !isPartial(action) && action !== 'ResumeJob');
  if (whole !== undefined) return act(look, whole.action, [whole]);
  const partial = due.filter(({ action }) => isPartial(action));
  const [first] = partial;
  if (first !== undefined) return act(look, first.action, partial);
  return [...sync(look, pendingNews(look, reactions)), ...wait(reactions, nowMs)];
}

/** Before anything is made. */
function begin(look: JobLook): readonly Effect[] {
  const named = nameClaims(look.job);
  return named.length > 0 ? named : sync(look);
}

function isPartial(action: JobAction): boolean {
  return action === 'RestartTask' || action === 'RestartPod' || action === 'RestartPartition';
}

/** While something is to be done later about a change of the spec, the status does not say that it was looked at. */
function pendingNews({ job }: JobLook, reactions: readonly Reaction[]): Partial<StatusNews> {
  const waits = reactions.some(({ happening }) => happening.event === 'JobUpdated');
  const observedGeneration = job.status.observedGeneration;
  return waits && observedGeneration !== undefined ? { observedGeneration } : {};
}

function wait(reactions: readonly Reaction[], nowMs: number): readonly Effect[] {
  const later = reactions.map(({ dueMs }) => dueMs).filter((dueMs) => dueMs > nowMs);
  if (later.length === 0) return [];
  return [lookAgain(Math.min(...later) - nowMs)];
}

function act(look: JobLook, action: JobAction, reactions: readonly Reaction[]): readonly Effect[] {
  const { life, job } = look;
  if (life.phase === '') return sync(look);
  const step = stepFor(life.phase, action);
  const note = `Start to execute action ${action} `;
  const event: EventEffect = {
    kind: 'event',
    regarding: jobRef(job),
    type: 'Normal',
    reason: 'ExecuteAction',
    action: 'Acting',
    note,
  };
  switch (step.kind) {
    case 'kill':
      return [event, ...killAll(look, step)];
    case 'killSome':
      return [event, ...killSome(look, step, reactions)];
    case 'settle':
      return [event, ...settle(look)];
    default:
      return [event, ...sync(look)];
  }
}

/** Tells the job why its group waits, once: the numbers in it change all the time. */
function groupNews({ job, group, life, reported }: JobLook): readonly Effect[] {
  if (group === undefined || life.phase !== 'Pending') return [];
  const told = group.conditions.find(({ type, status }) => type === 'Unschedulable' && status === 'True');
  if (told === undefined) return [];
  const start = `PodGroup ${job.namespace}:${group.name} unschedule,reason: `;
  const known = eventFingerprint({ reason: 'PodGroupPending', note: start });
  if ([...reported].some((fingerprint) => fingerprint.startsWith(known))) return [];
  const note = `${start}${told.message}`;
  return [
    { kind: 'event', regarding: jobRef(job), type: 'Warning', reason: 'PodGroupPending', action: 'Waiting', note },
  ];
}

import type { PodGroupCondition, PodGroupRecord } from '../../api/records/pod-group-record.ts';
import { JOBS } from '../../api/resources.ts';
import { eventFingerprint, requeueAfter } from '../effect.ts';
import type { Effect } from '../effect.ts';

/** All that decides whether a Job is told that its group waits. */
export interface ObservedWaitingGroup {
  readonly nowMs: number;
  readonly group: PodGroupRecord;
  /** Fingerprints of the events that the Job was told already. */
  readonly reported: ReadonlySet<string>;
}

/** A wait that is worth an event: shorter ones are how a busy cluster works. */
const LONG_WAIT_MS = 30_000;

/** True for a group that a Job is told about: made for it, active, and refused. */
export function isTold(group: PodGroupRecord): boolean {
  return group.owner?.kind === 'Job' && group.rootState === 'Active' && refusal(group) !== undefined;
}

/**
 * Tells a Job why its group waits, once it has waited long: people look at the Job that they made first. Told once a Job:
 * the numbers of the reason change all the time, and stand on the PodGroup.
 */
export function reconcileWaitingGroup({ nowMs, group, reported }: ObservedWaitingGroup): readonly Effect[] {
  const { owner, namespace, name } = group;
  const waiting = refusal(group);
  if (owner === undefined || waiting === undefined || !isTold(group)) return [];
  const sinceMs = Date.parse(waiting.lastTransitionTime);
  const leftMs = LONG_WAIT_MS - (nowMs - (Number.isNaN(sinceMs) ? group.createdMs : sinceMs));
  if (leftMs > 0) return [requeueAfter(Math.min(leftMs, LONG_WAIT_MS))];
  const isKnown = [...reported].some((fingerprint) => fingerprint.startsWith(TOLD));
  if (isKnown) return [];
  return [
    {
      kind: 'event',
      regarding: { type: JOBS, namespace, name: owner.name, uid: owner.uid },
      type: 'Warning',
      reason: 'GroupWaits',
      action: 'Scheduling',
      note: `PodGroup ${name} in queue ${group.queue} waits: ${waiting.message}`,
    },
  ];
}

const TOLD = eventFingerprint({ reason: 'GroupWaits', note: '' });

function refusal(group: PodGroupRecord): PodGroupCondition | undefined {
  if (group.phase === 'Running' || group.phase === 'Completed') return undefined;
  return group.conditions.find(({ type, status }) => type === 'Unschedulable' && status === 'True');
}

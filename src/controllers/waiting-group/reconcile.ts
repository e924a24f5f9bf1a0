import type { PodGroupCondition, PodGroupRecord } from '../../api/records/pod-group-record.ts';
import { isBuiltInOwner } from '../../api/records/owner-record.ts';
import type { OwnerRecord } from '../../api/records/owner-record.ts';
import type { ResourceType } from '../../api/resources.ts';
import { eventFingerprint, requeueAfter } from '../effect.ts';
import type { Effect } from '../effect.ts';

/** All that decides whether the owner of a group is told that it waits. */
export interface ObservedWaitingGroup {
  readonly nowMs: number;
  readonly group: PodGroupRecord;
  /** Fingerprints of the events that its owner was told already. */
  readonly reported: ReadonlySet<string>;
}

/** A wait that is worth an event: shorter ones are how a busy cluster works. */
const LONG_WAIT_MS = 30_000;

/** True for a group that a Job, or an object of somebody's kind, is told about: made for it, active, and refused. */
export function isTold(group: PodGroupRecord): boolean {
  const { owner, rootState } = group;
  if (owner === undefined || rootState !== 'Active' || refusal(group) === undefined) return false;
  return owner.kind === 'Job' || !isBuiltInOwner(owner);
}

/**
 * Tells the object why its group waits, once it has waited long: people look at what they made first. Told once an object:
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
      regarding: { type: typeOf(owner), namespace, name: owner.name, uid: owner.uid },
      type: 'Warning',
      reason: 'GroupWaits',
      action: 'Scheduling',
      note: `PodGroup ${name} in queue ${group.queue} waits: ${waiting.message}`,
    },
  ];
}

/** Events name a kind as its objects do, so that the plural is nobody's business. */
function typeOf({ apiVersion, kind }: OwnerRecord): ResourceType {
  const slash = apiVersion.indexOf('/');
  const [group, version] = [apiVersion.slice(0, Math.max(0, slash)), apiVersion.slice(slash + 1)];
  return { group, version, plural: '', kind, namespaced: true };
}

const TOLD = eventFingerprint({ reason: 'GroupWaits', note: '' });

function refusal(group: PodGroupRecord): PodGroupCondition | undefined {
  if (group.phase === 'Running' || group.phase === 'Completed') return undefined;
  return group.conditions.find(({ type, status }) => type === 'Unschedulable' && status === 'True');
}

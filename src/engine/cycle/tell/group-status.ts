import { ALLOCATED_HYPER_NODE_ANNOTATION } from '../../../api/keys.ts';
import type { PodGroupRecord } from '../../../api/records/pod-group-record.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { StatusDecision } from '../../../scheduler/session/decision.ts';

/** What a status says in an annotation, as a merge patch. */
export function groupAnnotations(wanted: StatusDecision | undefined): JsonObject {
  const hyperNode = wanted?.hyperNode;
  return hyperNode === undefined ? {} : { [ALLOCATED_HYPER_NODE_ANNOTATION]: hyperNode };
}

/** True where the group has it already. */
export function hasAnnotations({ handedDown }: PodGroupRecord, { hyperNode }: StatusDecision): boolean {
  return hyperNode === undefined || handedDown.get(ALLOCATED_HYPER_NODE_ANNOTATION) === hyperNode;
}

/**
 * The status part of a merge patch. One condition is shown at a time, the one that is true now: a group that was scheduled
 * drops the reason it waited for. An unchanged condition keeps its transition time.
 */
export function groupStatusBody(record: PodGroupRecord, wanted: StatusDecision | undefined, nowMs: number): JsonObject {
  if (wanted === undefined) return {};
  const { phase, running, succeeded, failed, condition } = wanted;
  const counts = { phase, running, succeeded, failed };
  if (condition === undefined) return counts;
  const known = record.conditions.find((other) => other.type === condition.type && other.reason === condition.reason);
  const lastTransitionTime = known?.lastTransitionTime ?? new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const transitionID = known?.transitionID ?? `${record.uid}-${nowMs}`;
  return { ...counts, conditions: [{ ...condition, transitionID, lastTransitionTime }] };
}

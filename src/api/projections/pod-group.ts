import { isJsonObject, member, objectAt } from '../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import { durationMs } from '../../lib/duration.ts';
import { RecentMap } from '../../lib/recent-map.ts';
import { parseAmounts } from '../amounts.ts';
import {
  BIND_PLAN_ANNOTATION,
  DEFAULT_QUEUE,
  GROUP_ORIGIN_ANNOTATION,
  HINT_ANNOTATIONS,
  ROOT_STATE_ANNOTATION,
  SUBMITTER_ANNOTATION,
  SUBMITTER_SIGNATURE_ANNOTATION,
  WAITING_TIME_KEYS,
} from '../keys.ts';
import type { PodGroupCondition, PodGroupPhase, PodGroupRecord, RootState } from '../records/pod-group-record.ts';
import type { ResourceAmounts } from '../records/scheduling-shape.ts';
import { readNetworkRule } from './network-rule.ts';
import { runningEstimateMs } from './running-estimate.ts';
import { isPreemptable, objects, readMetadata, text, whole } from './metadata.ts';
import { handedDown } from './workload.ts';
import { readSubGroupPolicies } from './sub-group-policies.ts';

/** The record of a PodGroup; undefined for anything without name, namespace or UID. */
export function projectPodGroup(raw: unknown): PodGroupRecord | undefined {
  const { name, namespace, uid, resourceVersion, createdMs, deleting, labels, annotations, owner } = readMetadata(raw);
  if (name === '' || namespace === '' || uid === '') return undefined;
  const spec = objectAt(raw, 'spec');
  const status = objectAt(raw, 'status');
  return {
    key: `${namespace}/${name}`,
    namespace,
    name,
    uid,
    resourceVersion,
    createdMs,
    deleting,
    minMember: count(spec, 'minMember'),
    minTaskMember: countMap(member(spec, 'minTaskMember')),
    subGroups: readSubGroupPolicies(spec),
    network: readNetworkRule(spec),
    queue: text(spec, 'queue') || DEFAULT_QUEUE,
    priorityClassName: text(spec, 'priorityClassName'),
    preemptable: isPreemptable(annotations, labels),
    waitingMs: waitingMs(annotations),
    runMs: runningEstimateMs(annotations),
    hints: hints(annotations),
    handedDown: handedDown(annotations),
    minResources: sharedAmounts(member(spec, 'minResources')),
    phase: PHASES.get(text(status, 'phase')) ?? '',
    conditions: objects(status, 'conditions').map(condition),
    running: count(status, 'running'),
    succeeded: count(status, 'succeeded'),
    failed: count(status, 'failed'),
    bindPlan: text(annotations, BIND_PLAN_ANNOTATION),
    rootState: ROOT_STATES.get(text(annotations, ROOT_STATE_ANNOTATION)) ?? 'Active',
    origin: text(annotations, GROUP_ORIGIN_ANNOTATION),
    submitter: text(annotations, SUBMITTER_ANNOTATION),
    submitterSignature: text(annotations, SUBMITTER_SIGNATURE_ANNOTATION),
    owner,
  };
}

/** One object for alike groups, by the text of the list: most of those that wait ask for the same as others. */
const AMOUNTS = new RecentMap<ResourceAmounts>(1024);

function sharedAmounts(raw: JsonValue | undefined): ResourceAmounts | undefined {
  if (!isJsonObject(raw)) return undefined;
  const text = JSON.stringify(raw);
  const known = AMOUNTS.get(text);
  if (known !== undefined) return known;
  const { amounts } = parseAmounts(raw, 'up');
  return text.length > LONGEST_SHARED ? amounts : AMOUNTS.set(text, amounts);
}

/** Characters: what is kept is bounded by it, whatever somebody writes. */
const LONGEST_SHARED = 512;

const PHASES: ReadonlyMap<string, PodGroupPhase> = new Map(
  (['Pending', 'Inqueue', 'Running', 'Unknown', 'Completed'] as const).map((phase) => [phase, phase]),
);

const ROOT_STATES: ReadonlyMap<string, RootState> = new Map(
  (['Suspended', 'Ended'] as const).map((state) => [state, state]),
);

function waitingMs(annotations: JsonObject): number | undefined {
  return WAITING_TIME_KEYS.map((key) => durationMs(text(annotations, key))).find((ms) => ms !== undefined && ms > 0);
}

const NO_HINTS: ReadonlyMap<string, string> = new Map();

function hints(annotations: JsonObject): ReadonlyMap<string, string> {
  const given = HINT_ANNOTATIONS.filter((key) => text(annotations, key) !== '');
  return given.length === 0 ? NO_HINTS : new Map(given.map((key) => [key, text(annotations, key)]));
}

function condition(raw: JsonObject): PodGroupCondition {
  return {
    type: text(raw, 'type'),
    status: text(raw, 'status'),
    reason: text(raw, 'reason'),
    message: text(raw, 'message'),
    transitionID: text(raw, 'transitionID'),
    lastTransitionTime: text(raw, 'lastTransitionTime'),
  };
}

function count(object: JsonObject, key: string): number {
  return Math.max(0, whole(object, key, 0));
}

function countMap(raw: JsonValue | undefined): ReadonlyMap<string, number> {
  if (!isJsonObject(raw)) return new Map();
  return new Map(
    Object.keys(raw)
      .filter((key) => count(raw, key) > 0)
      .map((key) => [key, count(raw, key)]),
  );
}

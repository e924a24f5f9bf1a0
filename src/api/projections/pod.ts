import { durationMs } from '../../lib/duration.ts';
import { arrayAt, member, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import {
  BIND_PLAN_ID_ANNOTATION,
  COOLDOWN_KEY,
  DATASETS_ANNOTATION,
  STRATEGY_TYPE_ANNOTATION,
  STRATEGY_WEIGHT_ANNOTATION,
  GROUP_NAME_ANNOTATION,
  GROUP_PLAN_ANNOTATION,
  QUEUE_GATE_KEY,
  QUEUE_NAME_ANNOTATION,
  QUEUE_NAME_LABEL,
  TASK_PRIORITY_KEY,
  TASK_SPEC_KEY,
  VOLCANO_GROUP_NAME_ANNOTATION,
} from '../keys.ts';
import { readPodCards } from '../cards/card-annotations.ts';
import { readPodNuma } from '../numa/pod-numa.ts';
import { strategyText } from '../resource-strategy.ts';
import { shorterRun } from '../running-estimate.ts';
import { POD_PHASES } from '../records/pod-record.ts';
import type { PodPhase, PodRecord } from '../records/pod-record.ts';
import { storedPod } from '../records/stored-pod.ts';
import type { SchedulingShape } from '../records/scheduling-shape.ts';
import { isPreemptable, isRevocable, isTaskPriority, objects, readMetadata, text, timeMs, whole } from './metadata.ts';
import { readJobPod } from './job-pod.ts';
import { podImages } from './pod-images.ts';
import { readPodClaims } from './pod-claims.ts';
import { readPodDeviceClaims } from './pod-device-claims.ts';
import { deadlineMs, runningEstimateMs } from './running-estimate.ts';
import { handedDown, handedDownOfPod } from './workload.ts';
import { shapeMemo } from './shape-memo.ts';

/**
 * The record of a pod; undefined for anything without name, namespace or UID. Equal pods share the shape in `shapes`,
 * and records made with one map share their repeated texts.
 */
export function projectPod(raw: unknown, shapes: Map<string, SchedulingShape>): PodRecord | undefined {
  const metadata = readMetadata(raw);
  const { name, uid, labels, annotations } = metadata;
  if (name === '' || metadata.namespace === '' || uid === '') return undefined;
  const memo = shapeMemo(shapes);
  const spec = objectAt(raw, 'spec');
  const status = objectAt(raw, 'status');
  const { resourceVersion, createdMs } = metadata;
  const namespace = memo.text(metadata.namespace);
  const labelPairs = memo.labels(namespace, labels);
  const nodeName = memo.text(text(spec, 'nodeName'));
  const takenMs = timeMs(text(status, 'startTime'));
  const group = memo.text(text(annotations, GROUP_NAME_ANNOTATION) || text(annotations, VOLCANO_GROUP_NAME_ANNOTATION));
  const runMs = shorterRun(runningEstimateMs(annotations), deadlineMs(spec));
  const owner = metadata.isOwnerController ? memo.owner(metadata.owner) : undefined;
  const jobPod = readJobPod(owner, { annotations, labels, status }, (task) => memo.text(task));
  const facts = memo.facts(owner?.uid ?? '', spec);
  const own = { name, uid, resourceVersion, createdMs, nodeName, labels: labelPairs, jobPod };
  const commons = memo.commons({
    namespace,
    schedulerName: memo.text(text(spec, 'schedulerName')),
    phase: PHASES.get(text(status, 'phase')) ?? 'Pending',
    deleting: metadata.deleting,
    group,
    task: memo.text(text(annotations, TASK_SPEC_KEY) || text(labels, TASK_SPEC_KEY)),
    queue: memo.text(text(labels, QUEUE_NAME_LABEL) || text(annotations, QUEUE_NAME_ANNOTATION)),
    priority: taskPriority(annotations, labels) ?? whole(spec, 'priority', 0),
    priorityClassName: memo.text(text(spec, 'priorityClassName')),
    isPatient: text(spec, 'preemptionPolicy') === 'Never',
    preemptable: isPreemptable(annotations, labels),
    cooldownEndMs: cooldownEndMs(text(annotations, COOLDOWN_KEY) || text(labels, COOLDOWN_KEY), takenMs),
    runMs,
    startedMs: group === '' && runMs === 0 ? 0 : Math.ceil(takenMs / MINUTE_MS) * MINUTE_MS,
    gated: arrayAt(spec, 'schedulingGates').length > 0,
    isQueueGated: isQueueGated(spec),
    bindPlanId: memo.text(text(annotations, BIND_PLAN_ID_ANNOTATION)),
    unschedulableMessage: memo.text(unschedulableMessage(status)),
    groupPlan: text(annotations, GROUP_PLAN_ANNOTATION),
    nominatedNode: memo.text(text(status, 'nominatedNodeName')),
    claims: memo.claims(readPodClaims(spec, { namespace, name, uid })),
    deviceClaims: memo.deviceClaims(readPodDeviceClaims({ namespace, uid, annotations, spec, status })),
    extendedAsks: facts.extendedAsks,
    cards: memo.cards(readPodCards(spec, annotations)),
    numa: memo.numa(readPodNuma(facts.owned, annotations)),
    owner,
    handedDown: group === '' ? handedDownOfPod(annotations) : handedDown(),
    datasets: memo.text(text(annotations, DATASETS_ANNOTATION)),
    strategy: memo.text(
      strategyText(text(annotations, STRATEGY_TYPE_ANNOTATION), text(annotations, STRATEGY_WEIGHT_ANNOTATION)),
    ),
    images: memo.images(podImages(spec)),
    shape: memo.shape(
      facts,
      { spec, status },
      { namespace, labels: labelPairs, isRevocable: isRevocable(annotations, labels) },
    ),
  });
  return storedPod(own, commons);
}

/**
 * Counted from when the node's kubelet took the pod: that is about when it was scheduled, and one time to read, where the
 * conditions have one each.
 */
function cooldownEndMs(cooldown: string, takenMs: number): number {
  if (cooldown === '') return 0;
  const ms = durationMs(cooldown) ?? 0;
  return ms <= 0 || takenMs === 0 ? 0 : Math.round(takenMs + ms);
}

function isQueueGated(spec: JsonObject): boolean {
  const [first, ...others] = objects(spec, 'schedulingGates');
  return first !== undefined && others.length === 0 && text(first, 'name') === QUEUE_GATE_KEY;
}

const MINUTE_MS = 60_000;

/** A whole number in the key wins over the pod's own priority, among its group's pods; anything else is ignored. */
function taskPriority(annotations: JsonObject, labels: JsonObject): number | undefined {
  const priority = text(annotations, TASK_PRIORITY_KEY) || text(labels, TASK_PRIORITY_KEY);
  return isTaskPriority(priority) ? Number(priority) : undefined;
}

const PHASES: ReadonlyMap<string, PodPhase> = new Map(POD_PHASES.map((phase) => [phase, phase]));

function unschedulableMessage(status: JsonObject): string {
  const condition = objects(status, 'conditions').find((entry) => member(entry, 'type') === 'PodScheduled');
  return condition !== undefined && member(condition, 'status') === 'False' ? text(condition, 'message') : '';
}

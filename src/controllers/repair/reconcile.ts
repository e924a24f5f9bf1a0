import { formatAmounts } from '../../api/amounts.ts';
import { parseGroupPlan } from '../../api/group-plan.ts';
import type { GroupPlan } from '../../api/group-plan.ts';
import { networkWish, resourcesWish } from '../../api/group-wish.ts';
import { DEFAULT_QUEUE, GROUP_NAME_ANNOTATION, QUEUE_NAME_ANNOTATION, TASK_SPEC_KEY } from '../../api/keys.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import { apiVersion, POD_GROUPS, PODS } from '../../api/resources.ts';
import { readSubmitter, SUBMITTER_KEYS } from '../../api/submitter-claim.ts';
import type { JsonObject } from '../../lib/json.ts';
import { eventOnce, requeueAfter } from '../effect.ts';
import type { Effect, ObjectRef } from '../effect.ts';
import { podGroupBody, queueLabels } from '../pod-group/resources.ts';
import { groupSubmitter } from '../submitter.ts';
import { queueRefusal } from '../pod-group/troubles.ts';
import { startTogether } from '../pod-group/workload.ts';
import { adoptedGroupName, isDefaultScheduled, isLoosePod, waitsForUs } from './loose-pod.ts';
import type { ObservedLoosePod } from './observed.ts';

/** Age at which a pod of an owner without a group is no longer explained by watch streams that run apart. */
const REPAIR_GRACE_MS = 5_000;
/** How long a group on its way out is waited for, should its deletion not be seen. */
const LEFTOVER_WAIT_MS = 1_000;

/**
 * Deals with a pod that came without a group: adopted when its scheduler is ours, for it would wait for ever, else reported
 * where its namespace is opted in. The group is made before the pod names it, so a failure between the two leaves nothing
 * that lies. In compatibility mode each pod without owner is one of these.
 */
export function reconcileLoosePod(observed: ObservedLoosePod): readonly Effect[] {
  const { pod, namespace, reported } = observed;
  if (!isLoosePod(pod) || (isDefaultScheduled(pod) && namespace?.optedIn !== true)) return [];
  const ageMs = Math.max(0, observed.nowMs - pod.createdMs);
  if (ageMs < REPAIR_GRACE_MS && !isAlone(pod)) return [requeueAfter(REPAIR_GRACE_MS - ageMs)];
  if (isDefaultScheduled(pod)) return eventOnce(unmanaged(pod), reported);
  const plan = livePlan(observed);
  return plan === undefined ? adoptAlone(observed) : adoptIntoPlan(pod, plan);
}

/** Nothing that another stream tells of could still give it a group. */
function isAlone(pod: PodRecord): boolean {
  return pod.owner === undefined && waitsForUs(pod);
}

/** An owner reference may name a Job of any namespace: only one beside the pod can have made it. */
function livePlan({ job, pod }: ObservedLoosePod): GroupPlan | undefined {
  if (job === undefined || job.namespace !== pod.namespace || job.deleting || job.state === 'Ended') return undefined;
  return parseGroupPlan(job.groupPlan);
}

/** The Job's group is made by its own reconcile; the pod needs only to name it. */
function adoptIntoPlan(pod: PodRecord, plan: GroupPlan): readonly Effect[] {
  const [first] = plan.tasks;
  const role = plan.tasks.length === 1 && first !== undefined ? { [TASK_SPEC_KEY]: first.name } : {};
  return joinGroup(pod, plan.group, plan.queue, pod.task === '' ? role : {});
}

function adoptAlone(observed: ObservedLoosePod): readonly Effect[] {
  const { pod, namespace, group, workload } = observed;
  if (group?.deleting === true) return [requeueAfter(LEFTOVER_WAIT_MS)];
  const queue = group?.queue ?? (pod.queue || namespace?.defaultQueue || DEFAULT_QUEUE);
  const join = joinGroup(pod, adoptedGroupName(pod, workload), queue, {});
  if (group !== undefined) return join;
  const refusal = queueRefusal(podRef(pod), queue, observed.queue(queue));
  return refusal === undefined ? [createGroup(observed, queue), ...join] : eventOnce(refusal, observed.reported);
}

function createGroup({ pod, workload, submitterKeys }: ObservedLoosePod, queue: string): Effect {
  const { namespace } = pod;
  const name = adoptedGroupName(pod, workload);
  const told = readSubmitter(Object.fromEntries(pod.handedDown));
  const own = new Map([...pod.handedDown].filter(([key]) => !SUBMITTER_KEYS.has(key)));
  const taken = workload?.record.handedDown ?? own;
  // Of several pods none says whose the others are.
  const submitter =
    workload === undefined ? groupSubmitter(submitterKeys, { type: PODS, head: pod, submitter: told }, name) : {};
  const owner = workload?.record ?? { ...pod, apiVersion: apiVersion(PODS), kind: PODS.kind };
  const minMember = workload === undefined ? 1 : startTogether(1, workload);
  const room =
    workload === undefined || workload.isRollingOut ? undefined : resourcesWish(workload.record.minResources);
  const body = podGroupBody({
    namespace,
    name,
    owner,
    origin: `${owner.kind}/${owner.name}`,
    rootState: 'Active',
    queue,
    priorityClassName: pod.priorityClassName,
    minMember,
    minTaskMember: new Map(),
    minResources: room === undefined ? podResources(pod, minMember) : formatAmounts(room),
    network: networkWish((key) => taken.get(key)),
    handedDown: taken,
    ...submitter,
  });
  return { kind: 'create', type: POD_GROUPS, namespace, name, regarding: podRef(pod), body };
}

/** Without `pods: 1`, which the scheduler's shape adds to what the pod asked for. */
function podResources(pod: PodRecord, count: number): Readonly<Record<string, string>> {
  const requests = [...pod.shape.requests].filter(([name]) => name !== 'pods');
  return formatAmounts(new Map(requests.map(([name, amount]) => [name, amount * count])));
}

/**
 * Writes what the webhook would have stamped, but for the scheduler's name.
 * The version is part of the precondition: somebody else may be giving the pod a group at this moment.
 */
function joinGroup(pod: PodRecord, group: string, queue: string, role: JsonObject): readonly Effect[] {
  const { namespace, name, uid, resourceVersion } = pod;
  const regarding = podRef(pod);
  const annotations = { [GROUP_NAME_ANNOTATION]: group, [QUEUE_NAME_ANNOTATION]: queue, ...role };
  const labels = { ...queueLabels(queue), ...role };
  const body = { metadata: { annotations, labels } };
  const precondition = { uid, resourceVersion };
  return [
    { kind: 'patch', type: PODS, namespace, name, regarding, precondition, body },
    {
      kind: 'event',
      regarding,
      type: 'Normal',
      reason: 'AdoptedPod',
      action: 'Adopting',
      note: `The pod came without a group: adopted into PodGroup ${group} in queue ${queue}.`,
    },
  ];
}

function unmanaged(pod: PodRecord): Parameters<typeof eventOnce>[0] {
  return {
    regarding: podRef(pod),
    type: 'Warning',
    reason: 'UnmanagedPod',
    action: 'Adopting',
    note:
      'The pod did not pass the admission webhook and its scheduler cannot be changed any more: ' +
      'kube-scheduler places it outside its queue and gang. Delete it to have it made again.',
  };
}

function podRef(pod: PodRecord): ObjectRef {
  return { type: PODS, namespace: pod.namespace, name: pod.name, uid: pod.uid };
}

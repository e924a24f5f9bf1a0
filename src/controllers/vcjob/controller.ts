import { accessRule } from '../../api/access.ts';
import type { CommandRecord } from '../../api/records/command-record.ts';
import { isVcjobOwner } from '../../api/records/owner-record.ts';
import type { NamespaceRecord } from '../../api/records/namespace-record.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { PriorityClassRecord } from '../../api/records/priority-class-record.ts';
import type { VcjobRecord } from '../../api/records/vcjob-record.ts';
import type { VolumeClaimRecord } from '../../api/records/volume-claim-record.ts';
import { COMMANDS, POD_GROUPS, PODS, VCJOBS, VOLUME_CLAIMS } from '../../api/resources.ts';
import {
  WATCHED_COMMANDS,
  WATCHED_NAMESPACES,
  WATCHED_POD_GROUPS,
  WATCHED_PRIORITY_CLASSES,
  WATCHED_VCJOBS,
  WATCHED_VOLUME_CLAIMS,
  watchedPods,
} from '../../api/watched-kinds.ts';
import type { Controller, KindIndex, KindView, Watch } from '../controller.ts';
import { groupName } from './group-body.ts';
import { PLUGIN_ACCESS } from './plugins/table.ts';
import { reconcileVcjob } from './reconcile.ts';

const WATCHED_PODS = watchedPods();

/** Pods of a job, by its namespace and UID: owner references are the client's to write, of jobs in other namespaces as well. */
const PODS_OF_JOB: KindIndex<PodRecord> = {
  kind: WATCHED_PODS,
  valueOf: ({ namespace, jobPod }) => (jobPod === undefined ? undefined : `${namespace}/${jobPod.jobUid}`),
};

/** Commands for a job, by its key: they are in its namespace. */
const COMMANDS_FOR_JOB: KindIndex<CommandRecord> = { kind: WATCHED_COMMANDS, valueOf: commandedJob };

const JOB_ITSELF: Watch<VcjobRecord> = {
  kind: WATCHED_VCJOBS,
  toKeys: (before, after) =>
    after === undefined || before?.resourceVersion === after.resourceVersion ? [] : [after.key],
};

const ITS_PODS: Watch<PodRecord> = { kind: WATCHED_PODS, toKeys: (before, after) => keysOf(jobOfPod, before, after) };

const ITS_GROUP: Watch<PodGroupRecord> = {
  kind: WATCHED_POD_GROUPS,
  toKeys: (before, after) => keysOf(jobOfGroup, before, after),
};

const ITS_COMMANDS: Watch<CommandRecord> = {
  kind: WATCHED_COMMANDS,
  toKeys: (_, after) => keysOf(commandedJob, undefined, after),
};

/** Claims are there before pods are, and a class counts when the group is made: nobody waits for either. */
const CLAIMS: Watch<VolumeClaimRecord> = { kind: WATCHED_VOLUME_CLAIMS, toKeys: () => [] };
const CLASSES: Watch<PriorityClassRecord> = { kind: WATCHED_PRIORITY_CLASSES, toKeys: () => [] };

/** In a namespace that goes nothing can be made, and everything in it goes with it. */
const NAMESPACES: Watch<NamespaceRecord> = { kind: WATCHED_NAMESPACES, toKeys: () => [] };

/** Many at once: what a job waits for is mostly the answers of the API server. */
const WORKERS = 32;

/** Keys are `namespace/name` of Jobs of batch.volcano.sh. */
export const VCJOB: Controller = {
  name: 'vcjob',
  workers: WORKERS,
  watches: [JOB_ITSELF, ITS_PODS, ITS_GROUP, ITS_COMMANDS, CLAIMS, CLASSES, NAMESPACES],
  access: [
    accessRule(VCJOBS, ['patch', 'delete']),
    accessRule(VCJOBS, ['patch'], { subresource: 'status' }),
    // Whoever makes what its owner waits for in a foreground deletion needs the right to its finalizers.
    accessRule(VCJOBS, ['update'], { subresource: 'finalizers' }),
    accessRule(PODS, ['create', 'patch', 'delete']),
    accessRule(POD_GROUPS, ['create', 'patch', 'delete']),
    accessRule(VOLUME_CLAIMS, ['create']),
    accessRule(COMMANDS, ['delete']),
    ...PLUGIN_ACCESS,
  ],
  reconcile: (key, { view, nowMs, told, submitterKeys }) => {
    const job = view.get(WATCHED_VCJOBS, key);
    if (job === undefined || view.get(WATCHED_NAMESPACES, job.namespace)?.deleting === true) return [];
    const { namespace } = job;
    return reconcileVcjob({
      nowMs,
      job,
      pods: [...view.by(PODS_OF_JOB, `${namespace}/${job.uid}`)],
      group: groupOf(job, view),
      commands: [...view.by(COMMANDS_FOR_JOB, key)].filter((one) => isFor(one, job)).toSorted(byAge),
      priorityOf: (name) => view.get(WATCHED_PRIORITY_CLASSES, name)?.value ?? 0,
      podNamed: (name) => view.get(WATCHED_PODS, `${namespace}/${name}`),
      hasClaim: (name) => view.get(WATCHED_VOLUME_CLAIMS, `${namespace}/${name}`) !== undefined,
      reported: told(job.uid),
      submitterKeys,
    });
  },
};

/** Before it was given the UID as well, a group had the name of its job. */
function groupOf(job: VcjobRecord, view: KindView): PodGroupRecord | undefined {
  const names = [groupName(job), job.name];
  const found = names.map((name) => view.get(WATCHED_POD_GROUPS, `${job.namespace}/${name}`));
  return found.find((group) => group?.owner?.uid === job.uid);
}

function isFor({ target, deleting }: CommandRecord, { uid }: VcjobRecord): boolean {
  return !deleting && (target?.uid === '' || target?.uid === uid);
}

function byAge(a: CommandRecord, b: CommandRecord): number {
  return a.createdMs - b.createdMs || (a.name < b.name ? -1 : 1);
}

function keysOf<T>(
  keyOf: (record: T) => string | undefined,
  ...records: readonly (T | undefined)[]
): readonly string[] {
  const keys = records.map((record) => (record === undefined ? undefined : keyOf(record)));
  return [...new Set(keys.filter((key) => key !== undefined))];
}

function jobOfPod({ namespace, jobPod, owner }: PodRecord): string | undefined {
  return jobPod === undefined ? undefined : `${namespace}/${owner?.name ?? ''}`;
}

function jobOfGroup({ namespace, owner }: PodGroupRecord): string | undefined {
  return owner === undefined || !isVcjobOwner(owner) ? undefined : `${namespace}/${owner.name}`;
}

function commandedJob({ namespace, target }: CommandRecord): string | undefined {
  return target === undefined || !isVcjobOwner(target) ? undefined : `${namespace}/${target.name}`;
}

import type { PlannedTask } from '../../src/api/group-plan.ts';
import { podRequests } from '../../src/api/projections/pod-requests.ts';
import { dnsLabel, MAX_NAME_LENGTH, NONCE_LENGTH } from '../group-name.ts';
import { digest } from '../../src/lib/digest.ts';
import { joins, plans } from '../pods/membership.ts';
import { text } from '../pods/pod-facts.ts';
import { roomFor } from '../room.ts';
import type { PodFramework } from './framework.ts';

/**
 * Flink's own Kubernetes mode (`flink run-application`, `kubernetes-session.sh`). A Deployment makes the JobManager, which asks for TaskManagers as
 * its jobs need them: one group for the cluster, in which TaskManagers come one by one. How many a job takes stands in a
 * ConfigMap that nobody sees here; where an operator made the cluster, its FlinkDeployment tells.
 */
export const FLINK_NATIVE: PodFramework = {
  name: 'flink',
  matches: (pod) =>
    text(pod.labels, 'type') === 'flink-native-kubernetes' &&
    text(pod.labels, 'app') !== '' &&
    ROLES.has(text(pod.labels, 'component')),
  membership: (pod, view) => {
    const group = groupOf(text(pod.labels, 'app'));
    const role = text(pod.labels, 'component');
    const isKnown = view.group(pod.namespace, group)?.tasks.has(JOB_MANAGER) === true;
    if (role !== JOB_MANAGER && isKnown) return joins('flink', group, role, false);
    return plans('flink', group, role, {
      tasks: tasksOf(role),
      room: roomFor(podRequests(pod.spec), 1),
      owner: 'controller',
    });
  },
};

const JOB_MANAGER = 'jobmanager';
const ROLES: ReadonlySet<string> = new Set([JOB_MANAGER, 'taskmanager']);
const PREFIX = 'flink-';

/** A TaskManager that comes before the group is known must not wait for a JobManager that runs already. */
function tasksOf(role: string): readonly PlannedTask[] {
  return [
    { name: JOB_MANAGER, min: role === JOB_MANAGER ? 1 : 0, stage: 0 },
    { name: 'taskmanager', min: role === JOB_MANAGER ? 0 : 1, stage: role === JOB_MANAGER ? 1 : 0 },
  ];
}

/** From the id of the cluster alone; one that is too long for a name, or is no name, is told apart by a digest of all of it. */
function groupOf(cluster: string): string {
  const name = `${PREFIX}${cluster}`;
  if (name.length <= MAX_NAME_LENGTH && dnsLabel(name, MAX_NAME_LENGTH) === name) return name;
  const id = digest(cluster, NONCE_LENGTH);
  return `${dnsLabel(name, MAX_NAME_LENGTH - id.length - 1)}-${id}`;
}

import type { PluginArguments } from '../../../api/vcjob-plugins/plugin-flags.ts';
import { mapContainers, withEnv } from './containers.ts';
import { addressesOf } from './hosts.ts';
import type { JobPlugin, PluginJob, PodPlace } from './plugin.ts';

const ROLES = ['ps', 'worker', 'chief', 'evaluator'] as const;

/** Tells TensorFlow's distribution strategies who is in the cluster, and which part of it a pod is. */
export const TENSORFLOW: JobPlugin<'tensorflow'> = {
  name: 'tensorflow',
  access: [],
  objects: () => [],
  onPod: (pod, place, job, args) => {
    // A pod alone is no cluster, and TensorFlow would wait for one.
    if (job.tasks.length === 1 && job.tasks[0]?.replicas === 1) return pod;
    const value = JSON.stringify({ cluster: cluster(job, args), task: part(place, args) });
    return mapContainers(pod, ['containers'], (container) => withEnv(container, [{ name: 'TF_CONFIG', value }]));
  },
};

function cluster(job: PluginJob, args: PluginArguments<'tensorflow'>): Readonly<Record<string, readonly string[]>> {
  const roles = ROLES.map((role) => {
    const task = job.tasks.find(({ name }) => name === args[role]);
    const addresses = task === undefined ? [] : addressesOf(job, task);
    return [role, addresses.map((address) => `${address}:${args.port}`)] as const;
  });
  return Object.fromEntries(roles.filter(([, addresses]) => addresses.length > 0));
}

/** A task that has no role is known by its own name. */
function part({ task, index }: PodPlace, args: PluginArguments<'tensorflow'>): { type: string; index: number } {
  return { type: ROLES.find((role) => args[role] === task) ?? task, index };
}

import type { JobPod } from './job-pod.ts';
import type { Reaction } from './policies.ts';

/** Pods that the reactions restart: of some tasks, of parts of them, or single ones; those that go already are among them. */
export function restartedPods(pods: readonly JobPod[], reactions: readonly Reaction[]): readonly JobPod[] {
  return pods.filter((each) => !each.isOfEarlierLife && reactions.some((reaction) => isMeant(each, reaction)));
}

/** A restart of less than the job has to say of what; where it cannot, as for a pod when a whole task ended, it is none. */
export function isPlaced({ action, happening: { task, pod } }: Reaction): boolean {
  switch (action) {
    case 'RestartTask':
      return task !== '';
    case 'RestartPod':
      return pod !== undefined;
    case 'RestartPartition':
      return pod !== undefined && pod.partition !== '';
    default:
      return true;
  }
}

/** The place is among those that the reaction restarts. */
export function isMeant(
  { task, index, partition }: Pick<JobPod, 'task' | 'index' | 'partition'>,
  { action, happening }: Reaction,
): boolean {
  const { pod } = happening;
  if (happening.task === '' || happening.task !== task) return false;
  switch (action) {
    case 'RestartTask':
      return true;
    case 'RestartPartition':
      return pod !== undefined && pod.partition !== '' && pod.partition === partition;
    case 'RestartPod':
      return pod?.index === index;
    default:
      return false;
  }
}

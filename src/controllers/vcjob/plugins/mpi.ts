import { mapContainers, withEnv, withPort } from './containers.ts';
import { addressesOf } from './hosts.ts';
import type { JobPlugin } from './plugin.ts';

/** Opens the port that `mpirun` logs in to, and tells the master whom it starts processes on. */
export const MPI: JobPlugin<'mpi'> = {
  name: 'mpi',
  access: [],
  objects: () => [],
  onPod: (pod, place, job, args) => {
    const workers = job.tasks.filter(({ name }) => name === args.worker).flatMap((task) => addressesOf(job, task));
    const variables = place.task === args.master ? [{ name: 'MPI_HOST', value: workers.join(',') }] : [];
    return mapContainers(pod, ['containers', 'initContainers'], (container) => {
      return withEnv(withPort(container, 'mpijob-port', args.port), variables);
    });
  },
};

import { mapContainers, withEnv } from './containers.ts';
import type { JobPlugin } from './plugin.ts';

/** Tells each container the place of its pod among those of its task, under Volcano's name and an older one. */
export const ENV: JobPlugin<'env'> = {
  name: 'env',
  access: [],
  objects: () => [],
  onPod: (pod, { index }) => {
    const variables = ['VK_TASK_INDEX', 'VC_TASK_INDEX'].map((name) => ({ name, value: String(index) }));
    return mapContainers(pod, ['containers', 'initContainers'], (container) => withEnv(container, variables));
  },
};

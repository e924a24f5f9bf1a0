import type { Plugin } from '../framework/plugin.ts';

/** Higher priority first, for jobs (the group's priority class) and for the tasks of a job (the pod's). */
export const priority: Plugin = {
  name: 'priority',
  make: () => ({
    jobOrderFn: (a, b) => b.priority - a.priority,
    taskOrderFn: (a, b) => b.record.priority - a.record.priority,
  }),
};

import { arrayAt, numberAt, stringAt } from '../../../lib/json.ts';
import { taskName } from '../../../api/vcjob-plugins/task-name.ts';
import type { PluginJob, PluginTask } from './plugin.ts';

/** A job as its record holds it: the spec as it travels. */
export interface JobWithPlugins {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly spec: unknown;
}

export function pluginJob({ namespace, name, uid, spec }: JobWithPlugins): PluginJob {
  const tasks = arrayAt(spec, 'tasks').map((task, at): PluginTask => {
    return {
      name: taskName(task, at),
      replicas: numberAt(task, ['replicas'], 0),
      hostname: stringAt(task, ['template', 'spec', 'hostname']),
      subdomain: stringAt(task, ['template', 'spec', 'subdomain']),
    };
  });
  return { namespace, name, uid, tasks };
}

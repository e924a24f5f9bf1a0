import { dressPod, pluginsOf } from '../../../../src/controllers/vcjob/plugins/table.ts';
import { podNameOf } from '../../../../src/controllers/vcjob/plugins/hosts.ts';
import type { JobWithPlugins } from '../../../../src/controllers/vcjob/plugins/plugin-job.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import { withoutAmbient } from '../../../support/pure.ts';

export interface JobOptions {
  readonly plugins?: JsonObject;
  readonly tasks?: readonly JsonObject[];
}

export function jobOf({ plugins = {}, tasks = [taskOf('worker', 2)] }: JobOptions): JobWithPlugins {
  return { namespace: 'team', name: 'train', uid: 'uid-of-train', spec: { plugins, tasks } };
}

export function taskOf(name: string, replicas: number, spec: JsonObject = {}): JsonObject {
  return { name, replicas, template: { spec } };
}

/** A pod as the controller has it before plugins: one container and one init container, unless the spec says otherwise. */
export function podOf(task: string, index: number, spec: JsonObject = {}): JsonObject {
  return {
    metadata: { name: podNameOf('train', task, index), annotations: {} },
    spec: { containers: [{ name: 'main', image: 'i' }], initContainers: [{ name: 'first', image: 'i' }], ...spec },
  };
}

export function dressed(job: JobWithPlugins, task: string, index: number, spec: JsonObject = {}): JsonObject {
  return withoutAmbient(() => dressPod(podOf(task, index, spec), { task, index }, pluginsOf(job)));
}

import type { PluginJob, PluginTask } from './plugin.ts';

/** Name of a pod of a job of Volcano, and of its host unless the template names one. */
export function podNameOf(job: string, task: string, index: number): string {
  return `${job}-${task}-${index}`;
}

/** Where the pod is found inside of its namespace, by the headless Service of the job. */
export function addressOf(job: PluginJob, task: PluginTask, index: number): string {
  const { host, domain } = nameOf(job, task, index);
  return `${host}.${domain}`;
}

/** The pods of a task, in their order; pods whose template fixes the hostname are one host. */
export function hostsOf(
  job: PluginJob,
  task: PluginTask,
): readonly { readonly host: string; readonly domain: string }[] {
  const count = task.hostname === '' ? task.replicas : Math.min(task.replicas, 1);
  return Array.from({ length: Math.max(0, count) }, (_, index) => nameOf(job, task, index));
}

export function addressesOf(job: PluginJob, task: PluginTask): readonly string[] {
  return hostsOf(job, task).map(({ host, domain }) => `${host}.${domain}`);
}

function nameOf(job: PluginJob, task: PluginTask, index: number): { readonly host: string; readonly domain: string } {
  const host = task.hostname === '' ? podNameOf(job.name, task.name, index) : task.hostname;
  return { host, domain: task.subdomain === '' ? job.name : task.subdomain };
}

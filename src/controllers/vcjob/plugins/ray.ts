import { accessRule } from '../../../api/access.ts';
import { TASK_SPEC_KEY } from '../../../api/keys.ts';
import type { PluginArguments } from '../../../api/vcjob-plugins/plugin-flags.ts';
import { SERVICES } from '../../../api/resources.ts';
import { stringAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { mapContainers, withPort } from './containers.ts';
import { addressOf } from './hosts.ts';
import { podsOfJob } from './pods-of-job.ts';
import type { JobPlugin, PluginJob, PodPlace } from './plugin.ts';

/** Starts a Ray cluster: the head in one container of one task, a worker in one of another. */
export const RAY: JobPlugin<'ray'> = {
  name: 'ray',
  access: [accessRule(SERVICES, ['get', 'create', 'delete'])],
  objects: (job, args) => {
    const selector = { ...podsOfJob(job), [TASK_SPEC_KEY]: args.head };
    const ports = portsOf(args).map(({ name, port }) => ({ name, port, targetPort: port, protocol: 'TCP' }));
    return [{ type: SERVICES, name: `${job.name}-head-svc`, body: { spec: { selector, ports } } }];
  },
  onPod: (pod, place, job, args) => mapContainers(pod, ['containers'], (one) => started(one, place, job, args)),
};

/** Ports that the head answers at, by the names that its Service has for them. */
function portsOf({
  port,
  dashboardPort,
  clientPort,
}: PluginArguments<'ray'>): readonly { name: string; port: number }[] {
  return [
    { name: 'gcs', port },
    { name: 'dashboard', port: dashboardPort },
    { name: 'client-server', port: clientPort },
  ];
}

/** The container with the command that starts its part of Ray; containers beside it stay as they are. */
function started(container: JsonObject, { task }: PodPlace, job: PluginJob, args: PluginArguments<'ray'>): JsonObject {
  const name = stringAt(container, ['name']);
  if (task === args.head && name === args.headContainer) {
    const open = portsOf(args).reduce((one, { name: port, port: number }) => withPort(one, port, number), container);
    return { ...open, command: ['sh', '-c', headCommand(args)] };
  }
  const head = job.tasks.find(({ name: other }) => other === args.head);
  if (task !== args.worker || name !== args.workerContainer || head === undefined) return container;
  const address = `${addressOf(job, head, 0)}:${args.port}`;
  return { ...container, command: ['sh', '-c', `ray start --block --address=${address}`] };
}

function headCommand({ port, dashboardPort, clientPort }: PluginArguments<'ray'>): string {
  return [
    'ray start --head --block --dashboard-host=0.0.0.0',
    `--port=${port}`,
    `--dashboard-port=${dashboardPort}`,
    `--ray-client-server-port=${clientPort}`,
  ].join(' ');
}

import { accessRule } from '../../../api/access.ts';
import type { PluginArguments } from '../../../api/vcjob-plugins/plugin-flags.ts';
import { CONFIG_MAPS, NETWORK_POLICIES, SERVICES } from '../../../api/resources.ts';
import { objectAt, stringAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { mapContainers, withEnv, withMount, withVolume } from './containers.ts';
import type { ContainerList } from './containers.ts';
import { addressesOf } from './hosts.ts';
import { podsOfJob } from './pods-of-job.ts';
import type { JobPlugin, PluginJob, PluginObject } from './plugin.ts';

/** Where the lists of hosts are found as files. */
const HOSTS_FOLDER = '/etc/volcano';
const EVERY_LIST: readonly ContainerList[] = ['containers', 'initContainers'];

/** Gives each pod a name of its own in the cluster's DNS, and tells each container the names of all others. */
export const SVC: JobPlugin<'svc'> = {
  name: 'svc',
  access: [
    accessRule(CONFIG_MAPS, ['get', 'create', 'patch', 'delete']),
    accessRule(SERVICES, ['get', 'create', 'delete']),
    accessRule(NETWORK_POLICIES, ['get', 'create', 'delete']),
  ],
  objects: (job, args) => {
    const policy = args.disableNetworkPolicy ? [] : [networkPolicy(job)];
    return [hostLists(job), service(job, args), ...policy];
  },
  onPod: (pod, _place, job, { injectHostsEnv }) => {
    const name = hostListsName(job);
    const variables = injectHostsEnv ? hostVariables(job) : [];
    const named = withVolume(withAddress(pod, job), { name, configMap: { name } });
    return mapContainers(named, EVERY_LIST, (container) => {
      return withMount(withEnv(container, variables), { name, mountPath: HOSTS_FOLDER });
    });
  },
};

function hostListsName(job: PluginJob): string {
  return `${job.name}-svc`;
}

/** A pod is found as `hostname.subdomain` where a headless Service has the name of the subdomain. */
function withAddress(pod: JsonObject, job: PluginJob): JsonObject {
  const spec = objectAt(pod, 'spec');
  const hostname = stringAt(spec, ['hostname']) || stringAt(pod, ['metadata', 'name']);
  const subdomain = stringAt(spec, ['subdomain']) || job.name;
  return { ...pod, spec: { ...spec, hostname, subdomain } };
}

/** Names of the two variables of a task, and what the file with its hosts begins with. */
function keysOf(task: string): { readonly hosts: string; readonly num: string; readonly file: string } {
  const plain = task.replaceAll('-', '_');
  const loud = plain.toUpperCase();
  return { hosts: `VC_${loud}_HOSTS`, num: `VC_${loud}_NUM`, file: `${plain}.host` };
}

function hostVariables(job: PluginJob): readonly JsonObject[] {
  return job.tasks.flatMap((task) => {
    const { hosts, num } = keysOf(task.name);
    return [hosts, num].map((key) => {
      return { name: key, valueFrom: { configMapKeyRef: { name: hostListsName(job), key } } };
    });
  });
}

function hostLists(job: PluginJob): PluginObject {
  const data = job.tasks.flatMap((task) => {
    const { hosts, num, file } = keysOf(task.name);
    const addresses = addressesOf(job, task);
    return [
      [file, addresses.join('\n')],
      [hosts, addresses.join(',')],
      [num, String(addresses.length)],
    ] as const;
  });
  return { type: CONFIG_MAPS, name: hostListsName(job), body: { data: Object.fromEntries(data) }, followsHosts: true };
}

/** Headless; a port is there since some meshes and DNS servers overlook a Service without one. */
function service(job: PluginJob, { publishNotReadyAddresses }: PluginArguments<'svc'>): PluginObject {
  const spec = {
    clusterIP: 'None',
    selector: podsOfJob(job),
    publishNotReadyAddresses,
    ports: [{ name: 'placeholder-volcano', port: 1, protocol: 'TCP', targetPort: 1 }],
  };
  return { type: SERVICES, name: job.name, body: { spec } };
}

/** Pods of the job are reached by pods of the job only. */
function networkPolicy(job: PluginJob): PluginObject {
  const podSelector = { matchLabels: podsOfJob(job) };
  const spec = { podSelector, ingress: [{ from: [{ podSelector }] }], policyTypes: ['Ingress'] };
  return { type: NETWORK_POLICIES, name: job.name, body: { spec } };
}

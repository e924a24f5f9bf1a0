import { accessRule } from '../../../api/access.ts';
import type { PluginArguments } from '../../../api/vcjob-plugins/plugin-flags.ts';
import { SECRETS } from '../../../api/resources.ts';
import { mapContainers, withMount, withVolume } from './containers.ts';
import { hostsOf } from './hosts.ts';
import type { JobPlugin, PluginJob } from './plugin.ts';

const PRIVATE_KEY = 'id_rsa';
const PUBLIC_KEY = 'id_rsa.pub';
const AUTHORIZED_KEYS = 'authorized_keys';
const CONFIG = 'config';
const FOLDER = '.ssh';
/** Read and written by their owner only: ssh takes no other key. */
const KEY_MODE = 0o600;

/** Lets each pod log in to each other by a key pair that belongs to the job. */
export const SSH: JobPlugin<'ssh'> = {
  name: 'ssh',
  access: [accessRule(SECRETS, ['get', 'create', 'patch', 'delete'])],
  objects: (job, args) => {
    const { privateKey, publicKey } = args;
    const config = sshConfig(job, args);
    const base = { type: SECRETS, name: secretName(job), followsHosts: true };
    if (privateKey === '') {
      const pair = { privateAt: PRIVATE_KEY, publicAt: [PUBLIC_KEY, AUTHORIZED_KEYS] };
      return [{ ...base, body: { stringData: { [CONFIG]: config } }, keyPair: pair }];
    }
    const keys = { [PRIVATE_KEY]: privateKey, [PUBLIC_KEY]: publicKey, [AUTHORIZED_KEYS]: publicKey };
    return [{ ...base, body: { stringData: { ...keys, [CONFIG]: config } } }];
  },
  onPod: (pod, _place, job, { keyFilePath }) => {
    const name = secretName(job);
    const items = [PRIVATE_KEY, PUBLIC_KEY, AUTHORIZED_KEYS, CONFIG].map((key) => ({ key, path: `${FOLDER}/${key}` }));
    const volume = { name, secret: { secretName: name, items, defaultMode: KEY_MODE } };
    // A mount of a subfolder keeps its files owned and closed as ssh wants them.
    const mount = { name, mountPath: keyFilePath, subPath: FOLDER };
    return mapContainers(withVolume(pod, volume), ['containers', 'initContainers'], (container) => {
      return withMount(container, mount);
    });
  },
};

function secretName(job: PluginJob): string {
  return `${job.name}-ssh`;
}

/** Pods are known by their short names; their host keys are new with each pod, so that nobody can know them. */
function sshConfig(job: PluginJob, { port }: PluginArguments<'ssh'>): string {
  const hosts = job.tasks.flatMap((task) => hostsOf(job, task));
  const sections = hosts.map(({ host, domain }) => {
    return `Host ${host}\n  HostName ${host}.${domain}\n${port === 22 ? '' : `  Port ${port}\n`}`;
  });
  return `StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\n${sections.join('')}`;
}

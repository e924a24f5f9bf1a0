import { mountPath, port, text, toggle, wholeNumber } from './flag.ts';
import type { Flags, FlagValues } from './flag.ts';

/** The arguments of each plugin of a Job of Volcano, with Volcano's names and defaults. */
export const PLUGIN_FLAGS = {
  env: {},
  svc: {
    publishNotReadyAddresses: toggle('publish-not-ready-addresses', false),
    disableNetworkPolicy: toggle('disable-network-policy', false),
    injectHostsEnv: toggle('inject-hosts-env', true),
  },
  ssh: {
    keyFilePath: mountPath('ssh-key-file-path', '/root/.ssh'),
    privateKey: text('ssh-private-key', ''),
    publicKey: text('ssh-public-key', ''),
    port: port('ssh-port', 22),
  },
  tensorflow: {
    ps: text('ps', 'ps'),
    worker: text('worker', 'worker'),
    chief: text('chief', 'chief'),
    evaluator: text('evaluator', 'evaluator'),
    port: port('port', 2222),
  },
  pytorch: {
    master: text('master', 'master'),
    worker: text('worker', 'worker'),
    port: port('port', 23_456),
    waitsForMaster: toggle('wait-master-enabled', false),
    waitSeconds: wholeNumber('wait-master-timeout', 300),
    waitImage: text('wait-master-image', 'busybox:1.36.1'),
  },
  mpi: { master: text('master', 'master'), worker: text('worker', 'worker'), port: port('port', 22) },
  ray: {
    head: text('head', 'head'),
    headContainer: text('headContainer', 'head'),
    worker: text('worker', 'worker'),
    workerContainer: text('workerContainer', 'worker'),
    port: port('port', 6379),
    dashboardPort: port('dashboardPort', 8265),
    clientPort: port('clientPort', 10_001),
  },
  hcclrank: { master: text('master', 'master'), worker: text('worker', 'worker') },
} as const satisfies Readonly<Record<string, Flags>>;

export type PluginName = keyof typeof PLUGIN_FLAGS;

/** What a plugin is told by the arguments of a job. */
export type PluginArguments<N extends PluginName> = FlagValues<(typeof PLUGIN_FLAGS)[N]>;

/** The plugins, in the order in which they change a pod: `hcclrank` reads what `pytorch` has written. */
export const PLUGIN_NAMES = Object.keys(PLUGIN_FLAGS) as readonly PluginName[];

import { mountPath, port, text, toggle, wholeNumber } from './flag.ts';
import type { Flags, FlagValues } from './flag.ts';

/** The arguments of each plugin of a Job of Volcano, with Volcano's names and defaults. */
export const PLUGIN_FLAGS = {
  env: {},
  svc: {
    publishNotReadyAddresses: toggle('publish-not-ready-addresses', false, 'Pods are found before they are ready.'),
    disableNetworkPolicy: toggle('disable-network-policy', false, 'Pods of other jobs may reach those of this one.'),
    injectHostsEnv: toggle('inject-hosts-env', true, 'Hosts are in variables as well as in files.'),
  },
  ssh: {
    keyFilePath: mountPath(
      'ssh-key-file-path',
      '/root/.ssh',
      'Folder that the keys are mounted at; by default in the home of root.',
    ),
    privateKey: text('ssh-private-key', '', 'A private key; without one, a pair is made.'),
    publicKey: text('ssh-public-key', '', 'The public key to it.'),
    port: port('ssh-port', 22, 'Port that sshd listens at.'),
  },
  tensorflow: {
    ps: text('ps', 'ps', 'Task of the parameter servers.'),
    worker: text('worker', 'worker', 'Task of the workers.'),
    chief: text('chief', 'chief', 'Task of the chief.'),
    evaluator: text('evaluator', 'evaluator', 'Task of the evaluator.'),
    port: port('port', 2222, 'Port that all of them listen at.'),
  },
  pytorch: {
    master: text('master', 'master', 'Task of the master.'),
    worker: text('worker', 'worker', 'Task of the workers.'),
    port: port('port', 23_456, 'Port that the master listens at.'),
    waitsForMaster: toggle('wait-master-enabled', false, 'Workers start once somebody answers at that port.'),
    waitSeconds: wholeNumber('wait-master-timeout', 300, 'Seconds after which they give up.'),
    waitImage: text('wait-master-image', 'busybox:1.36.1', 'Image of the init container that waits; it has a shell.'),
  },
  mpi: {
    master: text('master', 'master', 'Task that mpirun is started in.'),
    worker: text('worker', 'worker', 'Task whose pods it starts processes on.'),
    port: port('port', 22, 'Port that sshd listens at.'),
  },
  ray: {
    head: text('head', 'head', 'Task of the head.'),
    headContainer: text('headContainer', 'head', 'Container of it that Ray is started in.'),
    worker: text('worker', 'worker', 'Task of the workers.'),
    workerContainer: text('workerContainer', 'worker', 'Container of it that Ray is started in.'),
    port: port('port', 6379, 'Port of the global control service.'),
    dashboardPort: port('dashboardPort', 8265, 'Port of the dashboard, which takes jobs as well.'),
    clientPort: port('clientPort', 10_001, 'Port for clients of Ray.'),
  },
  hcclrank: {
    master: text('master', 'master', 'Task whose pods have the first ranks.'),
    worker: text('worker', 'worker', 'Task whose pods have those after them.'),
  },
} as const satisfies Readonly<Record<string, Flags>>;

export type PluginName = keyof typeof PLUGIN_FLAGS;

/** What each of them does, for people. */
export const PLUGIN_MEANINGS: Readonly<Record<PluginName, string>> = {
  env: 'Tells each container the index of its pod within the task: `VC_TASK_INDEX`, and `VK_TASK_INDEX` of before.',
  svc: 'Gives each pod a name of its own in DNS (`<job>-<task>-<index>.<job>`) by a headless Service `<job>`, and tells all containers the hosts of each task: `/etc/volcano/<task>.host`, `VC_<TASK>_HOSTS`, `VC_<TASK>_NUM`, from the ConfigMap `<job>-svc`. A NetworkPolicy `<job>` lets only pods of the job reach them.',
  ssh: 'Lets pods log in to each other without a password, by a pair of RSA keys in the Secret `<job>-ssh`. Best with `svc`, by whose names they are found.',
  tensorflow: 'Writes `TF_CONFIG`, but for a job of one pod. Needs `svc`, which admission adds.',
  pytorch:
    'Writes `MASTER_ADDR`, `MASTER_PORT`, `WORLD_SIZE` and `RANK`, and opens the port. Needs `svc`, which admission adds.',
  mpi: 'Opens the port of sshd in all pods, and writes `MPI_HOST`, the workers, in those of the master. Needs `svc` and `ssh`, which admission adds.',
  ray: 'Starts Ray in the container of the head and that of each worker, whatever their commands are, and makes a Service `<job>-head-svc`. Needs `svc`, which admission adds.',
  hcclrank: 'Writes the annotation `hccl/rankIndex`: the `RANK` of the pod where it has one, else masters first.',
};

/** What a plugin is told by the arguments of a job. */
export type PluginArguments<N extends PluginName> = FlagValues<(typeof PLUGIN_FLAGS)[N]>;

/** The plugins, in the order in which they change a pod: `hcclrank` reads what `pytorch` has written. */
export const PLUGIN_NAMES = Object.keys(PLUGIN_FLAGS) as readonly PluginName[];

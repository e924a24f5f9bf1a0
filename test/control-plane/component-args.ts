import { join } from 'node:path';

/** Where the parts of one control plane keep their files. */
export type DataPaths = {
  readonly dir: string;
  readonly etcdSocket: string;
  readonly certDir: string;
  readonly servingCert: string;
  readonly tokens: string;
  readonly serviceAccountPrivateKey: string;
  readonly serviceAccountPublicKey: string;
  readonly auditPolicy: string;
  readonly auditLog: string;
  readonly stages: string;
};

/** The files of one control plane, all below its data folder. */
export function dataPaths(dir: string): DataPaths {
  return {
    dir,
    etcdSocket: join(dir, 'etcd.sock'),
    certDir: join(dir, 'certs'),
    servingCert: join(dir, 'certs', 'apiserver.crt'),
    tokens: join(dir, 'tokens.csv'),
    serviceAccountPrivateKey: join(dir, 'service-account.key'),
    serviceAccountPublicKey: join(dir, 'service-account.pub'),
    auditPolicy: join(dir, 'audit-policy.yaml'),
    auditLog: join(dir, 'audit.log'),
    stages: join(dir, 'stages.yaml'),
  };
}

/** etcd listens on sockets in the private data folder: no port to find, and nobody gets around RBAC. */
export function etcdArgs(paths: DataPaths, unsafeNoFsync: boolean): readonly string[] {
  const client = `unix://${paths.etcdSocket}`;
  const peer = `unix://${join(paths.dir, 'peer.sock')}`;
  return [
    `--data-dir=${join(paths.dir, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--quota-backend-bytes=8589934592',
    ...(unsafeNoFsync ? ['--unsafe-no-fsync'] : []),
  ];
}

/** kube-apiserver with RBAC, a token file and self-signed serving, at one loopback port. */
export function apiserverArgs(paths: DataPaths, port: number, audit: boolean): readonly string[] {
  return [
    `--etcd-servers=unix://${paths.etcdSocket}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${paths.certDir}`,
    `--token-auth-file=${paths.tokens}`,
    '--authorization-mode=RBAC',
    '--anonymous-auth=false',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${paths.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${paths.serviceAccountPrivateKey}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    '--endpoint-reconciler-type=none',
    '--allow-privileged=true',
    // Names of nodes are no hosts: all answer on loopback.
    '--kubelet-preferred-address-types=InternalIP',
    '--profiling=false',
    // Not for its cost, which is not measurable: here every client is to get the same share of the server.
    '--enable-priority-and-fairness=false',
    '--max-requests-inflight=4000',
    '--max-mutating-requests-inflight=2000',
    ...(audit
      ? [`--audit-policy-file=${paths.auditPolicy}`, `--audit-log-path=${paths.auditLog}`, '--audit-log-maxsize=100000']
      : []),
  ];
}

/** kube-controller-manager with its controllers as service accounts of their own, as real clusters run it. */
export function controllerManagerArgs(paths: DataPaths, kubeconfig: string): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${paths.serviceAccountPrivateKey}`,
    `--root-ca-file=${paths.servingCert}`,
    // Left out: one that fails for ever over a self-signed serving certificate, and one that annotates every node with
    // how long its kubelet may cache secrets.
    '--controllers=*,-kube-apiserver-serving-clustertrustbundle-publisher-controller,-ttl-controller',
    `--node-monitor-grace-period=${NODE_LEASE_SECONDS + 40}s`,
    '--leader-elect=false',
    '--secure-port=0',
    '--kube-api-qps=2000',
    '--kube-api-burst=4000',
  ];
}

// kwok renews a lease after a quarter of its time: for 1,000 nodes these are 25 writes a second.
const NODE_LEASE_SECONDS = 160;

/** kwok as the kubelet of every node. */
export function kwokArgs(paths: DataPaths, kubeconfig: string): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--config=${paths.stages}`,
    '--manage-all-nodes=true',
    `--node-lease-duration-seconds=${NODE_LEASE_SECONDS}`,
    '--node-ip=127.0.0.1',
    '--cidr=10.64.0.0/10',
  ];
}

/** How a peer scheduler is started. */
export type SchedulerOptions = {
  /** What it may ask of the API server each second. */
  readonly kubeApiQps?: number;
  readonly kubeApiBurst?: number;
  /** A KubeSchedulerConfiguration; it says for itself which kubeconfig is read, and at which rate. */
  readonly configPath?: string;
  /** Files that log more than others, and how much: `schedule_one=10`. */
  readonly logged?: string;
};

/** kube-scheduler, with its stock profile unless there is a configuration. */
export function schedulerArgs(kubeconfig: string, options: SchedulerOptions): readonly string[] {
  const { configPath, logged = '', kubeApiQps = 5_000, kubeApiBurst = 2 * kubeApiQps } = options;
  const common = ['--leader-elect=false', '--secure-port=0', ...(logged === '' ? [] : [`--vmodule=${logged}`])];
  if (configPath !== undefined) return [`--config=${configPath}`, ...common];
  return [`--kubeconfig=${kubeconfig}`, ...common, `--kube-api-qps=${kubeApiQps}`, `--kube-api-burst=${kubeApiBurst}`];
}

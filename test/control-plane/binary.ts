/** The programs of the local control plane, in the order in which they are built. */
export const BINARY_NAMES = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kubectl',
  'kwok',
  'kube-scheduler',
] as const;

/** One program of the local control plane. */
export type BinaryName = (typeof BINARY_NAMES)[number];

/** The programs that every control plane needs; kube-scheduler joins only when it is asked for. */
export const CORE_BINARIES: readonly BinaryName[] = BINARY_NAMES.filter((name) => name !== 'kube-scheduler');

/** The Kubernetes version that go.mod pins; it also names the cache folder. */
export const KUBERNETES_VERSION = 'v1.37.2';

/** The Go package behind each program, as the `tool` lines of go.mod list it. */
export const GO_PACKAGES: Readonly<Record<BinaryName, string>> = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  kwok: 'sigs.k8s.io/kwok/cmd/kwok',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
};

/** Where each program lies; a name that was not asked for is absent. */
export type Binaries = ReadonlyMap<BinaryName, string>;

/** The path of a program that the caller has asked for before. */
export function binaryPath(binaries: Binaries, name: BinaryName): string {
  const path = binaries.get(name);
  if (path === undefined) throw new Error(`${name} was not asked for when the control plane's programs were gathered`);
  return path;
}

import { arch, platform } from 'node:os';
import { KUBERNETES_VERSION } from './binary.ts';
import type { BinaryName } from './binary.ts';

/** The versions that go.mod pins. */
export const ETCD_VERSION = 'v3.7.3';
export const KWOK_VERSION = 'v0.8.0';

/** Where a project publishes one program, and where the program is inside of an archive. */
export interface Published {
  readonly name: BinaryName;
  readonly url: string;
  /** Undefined: the file is the program. */
  readonly inside?: string;
}

/** The file of the official release for this machine; the programs of Kubernetes are in one archive. */
export function published(name: BinaryName): Published {
  const os = platform();
  const cpu = arch() === 'x64' ? 'amd64' : arch();
  if (name === 'etcd') {
    const folder = `etcd-${ETCD_VERSION}-${os}-${cpu}`;
    const url = `https://github.com/etcd-io/etcd/releases/download/${ETCD_VERSION}/${folder}.tar.gz`;
    return { name, url, inside: `${folder}/etcd` };
  }
  if (name === 'kwok')
    return { name, url: `https://github.com/kubernetes-sigs/kwok/releases/download/${KWOK_VERSION}/kwok-${os}-${cpu}` };
  return { name, url: serverArchive(os, cpu), inside: `kubernetes/server/bin/${name}` };
}

function serverArchive(os: string, cpu: string): string {
  return `https://dl.k8s.io/${KUBERNETES_VERSION}/kubernetes-server-${os}-${cpu}.tar.gz`;
}

/**
 * SHA-512 by address. A release is told of in the changelog of the next ones: these stand in CHANGELOG/CHANGELOG-1.37.md of the Go module
 * k8s.io/kubernetes v1.38.0-beta.0, h1:WFbB3UeD/H3scT6yNJUpD3nkTFrcZkxluHqOEshQvgA=. The modules of etcd and kwok tell no sums.
 */
export const PINNED_SUMS: ReadonlyMap<string, string> = new Map([
  [
    serverArchive('linux', 'amd64'),
    '0956faf23fbe144f7b7d787bd3c9fa601a2916c30152d7788f4d5155168d1db353e252ee865f196c55c24b5c1e8ef9aa351ce5aa34afe2506ed5f88864f6ce0c',
  ],
  [
    serverArchive('linux', 'arm64'),
    'cd1b134bbc30a3ba07579556ee03b630412adbc443b262d5fe42527c6c316393b1cc4a58ba2fb83b030c571494dcae6a8d49818245c192efc97ffcedd90b0b41',
  ],
]);

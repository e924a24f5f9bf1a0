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

/** The file of the official release for this machine. */
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
  return { name, url: `https://dl.k8s.io/release/${KUBERNETES_VERSION}/bin/${os}/${cpu}/${name}` };
}

import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { stringify } from 'yaml';

const MARK = "# Written by Sluice's local control plane in";

/** What a kubeconfig says: one cluster, one user. */
export type KubeconfigContent = {
  readonly url: string;
  readonly caPem: string;
  readonly user: string;
  readonly token: string;
  /** The data folder of the control plane; it marks the file as this control plane's own. */
  readonly dataDir: string;
};

/** The text of a kubeconfig. */
function kubeconfigText(content: KubeconfigContent): string {
  const ca = Buffer.from(content.caPem).toString('base64');
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'sluice', cluster: { server: content.url, 'certificate-authority-data': ca } }],
    users: [{ name: content.user, user: { token: content.token } }],
    contexts: [{ name: 'sluice', context: { cluster: 'sluice', user: content.user } }],
    'current-context': 'sluice',
  };
  return `${MARK} ${content.dataDir}; it goes away with it.\n${stringify(document, { lineWidth: 0 })}`;
}

/** Refuses a path where a file lies that no control plane of ours has written. */
export async function assertReplaceable(path: string): Promise<void> {
  const existing = await readFile(path, 'utf8').catch(() => undefined);
  if (existing !== undefined && existing.trim() !== '' && !existing.startsWith(MARK)) {
    throw new Error(`${path} is somebody else's kubeconfig and is left as it is: choose another path`);
  }
}

/** Writes a kubeconfig that only its owner can read. */
export async function writeKubeconfig(path: string, content: KubeconfigContent): Promise<void> {
  await assertReplaceable(path);
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, kubeconfigText(content), { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, path);
}

import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parse } from 'yaml';
import { arrayAt, memberAt, stringAt } from '../../../../src/lib/json.ts';
import { writeKubeconfig } from '../../../control-plane/kubeconfig.ts';
import { ACCOUNTS, kubeconfigOf } from './installation.ts';

/** Runs kubectl as the admin; resolves with what it printed. */
type Kubectl = (args: readonly string[]) => Promise<string>;

/** Gives each account of an installation a kubeconfig with a token, beside that of the admin. */
export async function writeAccountKubeconfigs(kubeconfig: string, namespace: string, kubectl: Kubectl): Promise<void> {
  const admin: unknown = parse(await readFile(kubeconfig, 'utf8'));
  const cluster = memberAt(arrayAt(admin, 'clusters')[0], 'cluster');
  for (const user of ACCOUNTS) {
    const token = await kubectl(['create', 'token', user, '-n', namespace, '--duration=24h']);
    await writeKubeconfig(kubeconfigOf(kubeconfig, user), {
      url: stringAt(cluster, ['server']),
      caPem: Buffer.from(stringAt(cluster, ['certificate-authority-data']), 'base64').toString(),
      user,
      token: token.trim(),
      dataDir: dirname(kubeconfig),
    });
  }
}

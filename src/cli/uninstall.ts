import { atCluster } from './cluster/at-cluster.ts';
import type { ClusterTarget } from './cluster/cluster-access.ts';
import { removeWebhooks } from './webhook-configurations.ts';
import { SetupError } from './setup-error.ts';

/** The cluster, and whose names the configurations have beside our own. */
export interface UninstallTarget extends ClusterTarget {
  readonly compat?: 'volcano';
}

/** Takes the webhook configurations away; resolves with the exit code. */
export async function uninstall(target: UninstallTarget): Promise<number> {
  try {
    const lines = await atCluster(target, ({ cluster }) => removeWebhooks(cluster, target.compat === 'volcano'));
    for (const line of lines) console.log(line);
    return 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`sluice uninstall: ${error.message}`);
    return 1;
  }
}

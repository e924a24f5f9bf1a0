import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VOLCANO_NAMESPACE } from '../../../../src/api/volcano-release.ts';
import { NAME, NAMESPACE, WEBHOOK_ACCOUNT } from '../../../../tools/deploy/settings.ts';
import { AUDIT_FOLDER } from '../../../control-plane/audit-folder.ts';
import type { SluiceOptions } from '../sluice-options.ts';
import { kubeconfigOf } from './installation.ts';
import type { Installation } from './installation.ts';

const INSTALLER = join(import.meta.dirname, 'installer.ts');

/** The two processes of an installation. */
interface Parts {
  readonly scheduler: SluiceOptions;
  readonly webhook: SluiceOptions;
}

/**
 * In runs that check rights, what the admin starts with all roles becomes what an installation has: two processes, each as its
 * account, with the rights and the limits of the manifests. Undefined for everything else.
 */
export function asInstalled(options: SluiceOptions): Parts | undefined {
  const { kubeconfig, roles, webhookPort, program, isSingle, args = [], ...rest } = options;
  const isWhole = roles === undefined && webhookPort !== undefined && program === undefined && isSingle !== true;
  if (AUDIT_FOLDER === undefined || !isWhole || !isAdmins(kubeconfig)) return undefined;
  const release = args[args.indexOf('--release') + 1];
  const isCompat = args.includes('--compat');
  install({
    kubeconfig,
    namespace: isCompat ? VOLCANO_NAMESPACE : NAMESPACE,
    webhookPort,
    ...(isCompat && release !== undefined ? { release } : {}),
  });
  const common = { ...rest, install: false };
  return {
    scheduler: {
      ...common,
      kubeconfig: kubeconfigOf(kubeconfig, NAME),
      roles: 'scheduler,controllers',
      args: ['--keep-webhooks', ...args],
    },
    webhook: {
      ...common,
      kubeconfig: kubeconfigOf(kubeconfig, WEBHOOK_ACCOUNT),
      roles: 'webhook',
      args: ['--read-only', '--webhook-port', String(webhookPort), ...args],
    },
  };
}

function isAdmins(kubeconfig: string): boolean {
  return (
    /^current-context: sluice$/m.test(readFileSync(kubeconfig, 'utf8')) &&
    /^ +user: admin$/m.test(readFileSync(kubeconfig, 'utf8'))
  );
}

/** Nobody who starts a process waits for it: so this waits where it stands. */
function install(installation: Installation): void {
  const { status, stderr } = spawnSync(process.execPath, [INSTALLER, JSON.stringify(installation)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`cannot install for the accounts: ${stderr}`);
}

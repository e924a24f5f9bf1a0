import { NAME, WEBHOOK_ACCOUNT } from '../../../../tools/deploy/settings.ts';

/** Who writes, and who answers reviews. */
export const ACCOUNTS = [NAME, WEBHOOK_ACCOUNT] as const;

/** What is to be installed, and where. */
export interface Installation {
  /** The admin's. */
  readonly kubeconfig: string;
  readonly namespace: string;
  /** The Helm release of the Volcano in whose place this is. */
  readonly release?: string;
  /** Where this machine answers reviews. */
  readonly webhookPort: number;
}

/** The kubeconfig of an account, beside that of the admin. */
export function kubeconfigOf(kubeconfig: string, account: (typeof ACCOUNTS)[number]): string {
  return `${kubeconfig}.${account}`;
}

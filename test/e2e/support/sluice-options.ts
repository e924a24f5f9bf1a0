/** Which part of Sluice to start, and against which cluster. */
export interface SluiceOptions {
  readonly kubeconfig: string;
  /** Comma-separated, as the command line takes it; default all. */
  readonly roles?: string;
  readonly install?: boolean;
  /** Needed by the webhook role, which runs by URL here. */
  readonly webhookPort?: number;
  readonly leaseSeconds?: number;
  readonly args?: readonly string[];
  /** The program; that of the checkout unless said otherwise. */
  readonly program?: string;
  /** Also in runs that check rights: the test goes on with one process, as a user who has them. */
  readonly isSingle?: boolean;
  /** Beside the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

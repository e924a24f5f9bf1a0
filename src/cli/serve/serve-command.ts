import type { Command } from 'commander';
import { ROLES } from './role.ts';

/** The cluster that a command is about. */
export function withCluster(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'kubeconfig of the cluster (default: the service account of the pod)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)');
}

/** `sluice serve` with all of its options. */
export function serveCommand(program: Command): Command {
  const command = program
    .command('serve')
    .description('Runs Sluice against the cluster that the kubeconfig reaches, until it is stopped.');
  return withCluster(command)
    .option('--roles <list>', `roles of this process, of ${ROLES.join(', ')}`, ROLES.join(','))
    .option('--install', 'install the CRDs first, and the webhook configurations once the webhooks serve')
    .option('--keep-webhooks', 'fill in the webhook configurations that are there, and follow the cluster with them')
    .option('--read-only', 'with the role webhook: write nothing; who runs with --keep-webhooks does that')
    .option(
      '--webhook-url <url>',
      'where the API server reaches the webhooks, e.g. https://127.0.0.1:9443 (default: the Service)',
    )
    .option('--webhook-port <port>', 'port that the webhooks listen on (default: that of --webhook-url, else 9443)')
    .option('--operations-port <port>', 'port of /healthz, /readyz, /metrics and /explain; 0 takes a free one', '0')
    .option(
      '--compat <system>',
      'serve in the place of another batch system, under the names of its objects: volcano. Takes --release',
    )
    .option('--release <name>', 'the name under which its chart was installed, by which its objects are called')
    .option(
      '--namespace <name>',
      "namespace of Sluice's own Secrets and Lease (default: sluice-system, with --compat volcano volcano-system)",
    )
    .option(
      '--failure-policy <mode>',
      'what the API server does when the webhooks do not answer: Fail or Ignore',
      'Fail',
    )
    .option(
      '--queue-authorisation <mode>',
      'who lacks the right to use a queue: off, warn or enforce (default: enforce, with --compat warn)',
    )
    .option(
      '--bypass-authorisation <mode>',
      'who lacks the right to run work outside of the queues: off, warn or enforce (default: enforce, with --compat warn)',
    )
    .option(
      '--never-fits <mode>',
      'work that can never start as the cluster and its queue are: warn who submits it, refuse it, or ignore it',
      'warn',
    )
    .option(
      '--scheduler-config <file>',
      "actions and plugins, in the format of Volcano's scheduler configuration; followed while it runs",
    )
    .option(
      '--scheduler-configmap <namespace/name>',
      'the same from a ConfigMap, under volcano-scheduler.conf; the default until there is a good one',
    )
    .option('--lease-seconds <n>', 'how long a silent leader keeps the lead', '15')
    .option('--drain-seconds <n>', 'how long a stopping webhook server still answers', '12')
    .option('--certificate-seconds <n>', 'how often the certificates are looked at', '60')
    .option('--certificate-days <n>', 'how long a serving certificate of the built-in authority lives', '30')
    .option('--authority-days <n>', 'how long the built-in authority lives', '730')
    .option(
      '--certificate-folder <folder>',
      'serve by tls.crt and tls.key of this folder, which somebody else renews, such as a mounted Secret of cert-manager',
    )
    .option(
      '--inject-ca-from <namespace/certificate>',
      "with --certificate-folder and --install: cert-manager's Certificate whose authority the webhook configurations get",
    )
    .option('--log-level <level>', 'debug, info, warn or error', 'info');
}

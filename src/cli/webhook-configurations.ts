import { ownAccount } from '../api/access.ts';
import { MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS } from '../api/resources.ts';
import { CONFIGURATION_DEFAULTS, CONFIGURATION_NAME, configurations, listed } from '../../webhooks/configurations.ts';
import type { ConfigurationOptions, OwnConfiguration, WebhookAddress } from '../../webhooks/configurations.ts';
import { VOLCANO_CONFIGURATIONS, volcanoConfigurations } from '../../webhooks/volcano/configurations.ts';
import type { AdmissionRow } from '../../webhooks/row.ts';
import type { Cluster } from './cluster/cluster.ts';
import { SetupError } from './setup-error.ts';
import type { ServeOptions } from './serve/serve-options.ts';

/** The webhook configurations of this process, which works as that user, for some rows and a bundle in base64. */
export function configurationsOf(
  options: ServeOptions,
  rows: readonly AdmissionRow[],
  worker: string,
  caBundle: string,
): readonly OwnConfiguration[] {
  const { namespace, volcano } = options;
  const address: WebhookAddress =
    options.webhookUrl === undefined
      ? { kind: 'service', namespace, name: serviceName(options), port: SERVICE_PORT }
      : { kind: 'url', base: options.webhookUrl.href.replace(/\/$/, '') };
  const excluded = volcano === undefined ? CONFIGURATION_DEFAULTS.excludedNamespaces : ['kube-system'];
  const settings: ConfigurationOptions = {
    ...CONFIGURATION_DEFAULTS,
    excludedNamespaces: [...new Set([...excluded, namespace])],
    ownUser: ownAccount(options.namespace),
    worker,
    failurePolicy: options.failurePolicy,
    address,
    caBundle,
  };
  return volcano === undefined ? listed(configurations(rows, settings)) : volcanoConfigurations(rows, settings);
}

/** The Service before the webhooks. */
export function serviceName({ volcano }: Pick<ServeOptions, 'volcano'>): string {
  return volcano?.admissionService ?? 'sluice-webhook';
}

/** Takes the webhook configurations away, and says of each what became of it. Throws a SetupError when one stays. */
export function removeWebhooks(cluster: Cluster, withVolcanos: boolean): Promise<readonly string[]> {
  const own = [MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS].map((type) => ({ type, name: CONFIGURATION_NAME }));
  return Promise.all(
    [...own, ...(withVolcanos ? VOLCANO_CONFIGURATIONS : [])].map(async ({ type, name }) => {
      const outcome = await cluster.remove(type, name);
      const object = `${type.kind} ${name}`;
      if (outcome.kind === 'done') return `${object} removed`;
      if (outcome.kind === 'notFound') return `${object} is not there`;
      throw new SetupError(`cannot remove ${object}: ${'message' in outcome ? outcome.message : outcome.kind}`);
    }),
  );
}

const SERVICE_PORT = 443;

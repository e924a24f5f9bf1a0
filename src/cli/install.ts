import { ownAccount } from '../api/access.ts';
import { customResourceDefinition } from '../api/kinds/crd.ts';
import { KINDS } from '../api/kinds/kinds.ts';
import { CRDS, MUTATING_WEBHOOKS, NAMESPACES, VALIDATING_WEBHOOKS } from '../api/resources.ts';
import type { ResourceType } from '../api/resources.ts';
import { arrayAt, member, stringAt } from '../lib/json.ts';
import type { JsonObject } from '../lib/json.ts';
import { CONFIGURATION_DEFAULTS, CONFIGURATION_NAME, configurations, listed } from '../../webhooks/configurations.ts';
import type { ConfigurationOptions, OwnConfiguration, WebhookAddress } from '../../webhooks/configurations.ts';
import { VOLCANO_CONFIGURATIONS, volcanoConfigurations } from '../../webhooks/volcano/configurations.ts';
import type { AdmissionRow } from '../../webhooks/row.ts';
import type { Cluster } from './cluster/cluster.ts';
import { SetupError } from './setup-error.ts';
import type { ServeOptions } from './serve/serve-options.ts';

const ESTABLISHED_MS = 15_000;
const LOOK_AGAIN_MS = 50;

/** Installs the CRDs and our own namespace, and waits until the API server serves the kinds. */
export async function installKinds(cluster: Cluster, namespace: string): Promise<void> {
  await cluster.create(
    NAMESPACES,
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    'create our namespace',
  );
  for (const kind of KINDS) {
    const crd = customResourceDefinition(kind);
    const name = stringAt(crd, ['metadata', 'name']);
    await cluster.apply(CRDS, name, crd);
    await untilEstablished(cluster, name);
  }
  for (const { type } of KINDS) await untilListed(cluster, type);
}

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

async function untilEstablished(cluster: Cluster, name: string): Promise<void> {
  const deadline = performance.now() + ESTABLISHED_MS;
  while (performance.now() < deadline) {
    const outcome = await cluster.get(CRDS, name);
    if (outcome.kind === 'done' && isEstablished(outcome.object)) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  throw new SetupError(`the API server does not serve ${name} after ${ESTABLISHED_MS / 1000} s`);
}

/** An established kind is refused with 429 for a moment more, while its storage starts. */
async function untilListed(cluster: Cluster, type: ResourceType): Promise<void> {
  const deadline = performance.now() + ESTABLISHED_MS;
  while (performance.now() < deadline) {
    const outcome = await cluster.look(type, '');
    if (outcome.kind === 'done') return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  throw new SetupError(`the API server does not list ${type.plural} after ${ESTABLISHED_MS / 1000} s`);
}

function isEstablished(crd: JsonObject | undefined): boolean {
  return arrayAt(crd, 'status', 'conditions').some(
    (condition) => member(condition, 'type') === 'Established' && member(condition, 'status') === 'True',
  );
}

import { setTimeout as sleep } from 'node:timers/promises';
import { parseBundle } from '../../../certs/bundle.ts';
import { MUTATING_WEBHOOKS, resourcePath, VALIDATING_WEBHOOKS } from '../../../src/api/resources.ts';
import { arrayAt, stringAt } from '../../../src/lib/json.ts';
import type { KubeClient } from '../../control-plane/kube-client.ts';

const LOOK_MS = 50;

/** Whom the API server trusts, as PEM, when all entries of our webhook configurations say the same; empty otherwise. */
export async function trustedPem(client: KubeClient): Promise<string> {
  const bundles = new Set<string>();
  for (const type of [MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS]) {
    const { body } = await client.request('GET', resourcePath(type, '', 'sluice'));
    for (const one of arrayAt(body, 'webhooks')) bundles.add(stringAt(one, ['clientConfig', 'caBundle']));
  }
  const [bundle = ''] = bundles;
  return bundles.size === 1 ? Buffer.from(bundle, 'base64').toString() : '';
}

/** The authorities in it, by their fingerprints. */
export async function trusted(client: KubeClient): Promise<readonly string[]> {
  return parseBundle(await trustedPem(client)).map(({ fingerprint256 }) => fingerprint256);
}

/** Waits until they are as wanted. */
export async function untilTrusted(
  client: KubeClient,
  holds: (fingerprints: readonly string[]) => boolean,
): Promise<readonly string[]> {
  for (;;) {
    const found = await trusted(client);
    if (holds(found)) return found;
    await sleep(LOOK_MS);
  }
}

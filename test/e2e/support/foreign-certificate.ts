import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { CertificatePair } from '../../../certs/certificate-pair.ts';
import { issueServing } from '../../../certs/serving.ts';
import { resourcePath } from '../../../src/api/resources.ts';
import type { ResourceType } from '../../../src/api/resources.ts';
import { arrayAt, objectAt } from '../../../src/lib/json.ts';
import type { KubeClient } from '../../control-plane/kube-client.ts';

const DAY_MS = 86_400_000;

/** Writes a new serving certificate for 127.0.0.1 into the folder, as a mounted Secret of cert-manager has it. */
export async function issueInto(folder: string, authority: CertificatePair): Promise<void> {
  const options = { dnsNames: [], ipAddresses: ['127.0.0.1'], nowMs: Date.now(), validForMs: DAY_MS };
  const pair = await issueServing(authority, options);
  await Promise.all([
    writeFile(join(folder, 'tls.crt'), pair.certificatePem),
    writeFile(join(folder, 'tls.key'), pair.privateKeyPem),
    writeFile(join(folder, 'ca.crt'), authority.certificatePem),
  ]);
}

/** As cainjector does: every entry of the configuration gets the authority. */
export async function inject(client: KubeClient, type: ResourceType, pem: string): Promise<void> {
  const path = resourcePath(type, '', 'sluice');
  const caBundle = Buffer.from(pem).toString('base64');
  const { body } = await client.request('GET', path);
  const webhooks = arrayAt(body, 'webhooks').map((one) => ({
    ...objectAt(one),
    clientConfig: { ...objectAt(one, 'clientConfig'), caBundle },
  }));
  const { status } = await client.request('PATCH', path, { webhooks }, 'application/merge-patch+json');
  if (status !== 200) throw new Error(`Cannot inject into ${type.kind} sluice: status ${status}`);
}

/** Fingerprint of the certificate that the port serves to a new connection. */
export async function servedFingerprint(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerCertificate().fingerprint256;
  } finally {
    socket.destroy();
  }
}

import { request } from 'node:https';
import type { ServingMaterial } from '../../engine/certificates/certificate-maker.ts';
import { SetupError } from '../setup-error.ts';

const TIMEOUT_MS = 5000;

/** Asks our own webhook server over TLS as the API server would; throws a SetupError when it is not answered by the letter. */
export async function probeWebhook(port: number, serverName: string, material: ServingMaterial): Promise<void> {
  const uid = 'sluice-self-probe';
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: probeRequest(uid) };
  const answer = await post(port, serverName, material, JSON.stringify(review));
  if (!answer.includes(`"uid":"${uid}"`))
    throw new SetupError(`the webhook server answered its own probe with ${answer.slice(0, 200)}`);
}

function probeRequest(uid: string): object {
  return {
    uid,
    kind: { group: 'sluice.dev', version: 'v1alpha1', kind: 'Probe' },
    resource: { group: 'sluice.dev', version: 'v1alpha1', resource: 'probes' },
    operation: 'CREATE',
    userInfo: { username: 'sluice' },
    object: { apiVersion: 'sluice.dev/v1alpha1', kind: 'Probe' },
    dryRun: true,
  };
}

function post(port: number, servername: string, material: ServingMaterial, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(new SetupError(`the webhook server does not answer its own probe: ${error.message}`));
    const options = {
      host: '127.0.0.1',
      port,
      servername,
      path: '/mutate?timeout=5s',
      method: 'POST',
      // Where nobody says who vouches, only the API server can tell.
      ...(material.bundlePem === '' ? { rejectUnauthorized: false } : { ca: material.bundlePem }),
      // Names were judged before anything is served by them.
      checkServerIdentity: () => undefined,
      timeout: TIMEOUT_MS,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    };
    const call = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => void chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    });
    call.on('timeout', () => call.destroy(new Error('timed out')));
    call.on('error', fail);
    call.end(body);
  });
}

import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { stringAt } from '../../../src/lib/json.ts';
import type { PatchOperation } from '../../../src/lib/json-patch.ts';
import { makeServerIdentity } from '../../support/tls-identity.ts';

/** A mutating webhook of somebody else, which comes after Sluice's and makes the same patch of each object with the label `tamper`. */
export class OtherWebhook {
  readonly configuration: object;
  readonly #server: Server;

  private constructor(server: Server, configuration: object) {
    this.#server = server;
    this.configuration = configuration;
  }

  static async start(
    kinds: readonly { readonly group: string; readonly resource: string }[],
    patch: readonly PatchOperation[],
    reinvocationPolicy: 'Never' | 'IfNeeded',
  ): Promise<OtherWebhook> {
    const { keyPem, certPem } = makeServerIdentity();
    const server = createServer({ key: keyPem, cert: certPem }, (incoming, reply) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const uid = stringAt(JSON.parse(Buffer.concat(chunks).toString()), ['request', 'uid']);
        const text = Buffer.from(JSON.stringify(patch)).toString('base64');
        const response = { uid, allowed: true, patchType: 'JSONPatch', patch: text };
        reply.setHeader('content-type', 'application/json');
        reply.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }));
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const webhook = {
      name: 'other.example.com',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Fail',
      reinvocationPolicy,
      objectSelector: { matchLabels: { tamper: reinvocationPolicy } },
      clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: Buffer.from(certPem).toString('base64') },
      rules: kinds.map(({ group, resource }) => ({
        operations: ['CREATE'],
        apiGroups: [group],
        apiVersions: ['v1'],
        resources: [resource],
      })),
    };
    return new OtherWebhook(server, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      // Webhooks are called in the order of their configurations' names.
      metadata: { name: `z-${reinvocationPolicy.toLowerCase()}` },
      webhooks: [webhook],
    });
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => void this.#server.close(() => resolve()));
  }
}

import { parseAllDocuments } from 'yaml';
import { arrayAt, isJsonObject, objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';

/** Of what a project publishes, what its controller needs that runs beside the cluster: no Deployment, no rights. */
const WANTED = new Set([
  'CustomResourceDefinition',
  'Namespace',
  'Service',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
]);

/** Where webhooks are reached on this machine, and the Secret of their certificate (`namespace/name`; none without webhooks). */
export interface WebhookPlace {
  readonly port: number;
  readonly certificate: string | undefined;
}

/** Applies the manifests that a project publishes as kustomizations, so that its webhooks are called outside the cluster. */
export async function applyPublished(
  plane: ControlPlane,
  folders: readonly string[],
  place: WebhookPlace,
): Promise<void> {
  const objects = (await Promise.all(folders.map((folder) => rendered(plane, folder)))).flat();
  const wanted = objects.filter((object) => WANTED.has(stringAt(object, ['kind'])));
  const items = [...certificateObjects(place), ...wanted.map((object) => fitted(object, place))];
  const ranked = items.toSorted((a, b) => rank(a) - rank(b));
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: ranked });
  const { code, stderr } = await plane.kubectl(['apply', '--server-side', '-f', '-'], list);
  if (code !== 0) throw new Error(stderr);
}

async function rendered(plane: ControlPlane, folder: string): Promise<readonly JsonObject[]> {
  const { code, stdout, stderr } = await plane.kubectl(['kustomize', folder]);
  if (code !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout)
    .map((document): unknown => document.toJS())
    .filter(isJsonObject);
}

/** Namespaces are there before what lies in them. */
function rank(object: JsonObject): number {
  return stringAt(object, ['kind']) === 'Namespace' ? 0 : 1;
}

/** Some projects leave these to an overlay. */
function certificateObjects({ certificate }: WebhookPlace): readonly JsonObject[] {
  if (certificate === undefined) return [];
  const [namespace = '', name = ''] = certificate.split('/');
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } },
  ];
}

function fitted(object: JsonObject, { port, certificate = '' }: WebhookPlace): JsonObject {
  const [namespace = ''] = certificate.split('/');
  const kind = stringAt(object, ['kind']);
  if (kind === 'Service') {
    const metadata = { ...objectAt(object, 'metadata'), namespace };
    return { ...object, metadata, spec: { type: 'ExternalName', externalName: 'localhost' } };
  }
  if (!kind.endsWith('WebhookConfiguration')) return object;
  const webhooks = arrayAt(object, 'webhooks').map((webhook) => ({
    ...(webhook as JsonObject),
    clientConfig: { service: { ...objectAt(webhook, 'clientConfig', 'service'), namespace, port } },
  }));
  return { ...object, webhooks };
}

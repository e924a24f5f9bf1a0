import { customResourceDefinition } from '../api/kinds/crd.ts';
import { KINDS } from '../api/kinds/kinds.ts';
import { CRDS, NAMESPACES } from '../api/resources.ts';
import type { ResourceType } from '../api/resources.ts';
import { arrayAt, isJsonObject, member, stringAt } from '../lib/json.ts';
import type { JsonObject, JsonValue } from '../lib/json.ts';
import { isSame } from '../lib/same.ts';
import type { Cluster } from './cluster/cluster.ts';
import { SetupError } from './setup-error.ts';

const ESTABLISHED_MS = 15_000;
const LOOK_AGAIN_MS = 50;

/**
 * Installs the CRDs and our own namespace, and waits until the API server serves the kinds. What is there as it should be costs
 * one read: the API server takes long to check a schema that is written.
 */
export async function installKinds(cluster: Cluster, namespace: string): Promise<void> {
  await cluster.create(
    NAMESPACES,
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    'create our namespace',
  );
  const wanted = KINDS.map((kind) => ({ type: kind.type, crd: customResourceDefinition(kind) }));
  const stand = await Promise.all(wanted.map(({ crd }) => isInstalled(cluster, crd)));
  const lacking = wanted.filter((_, at) => stand[at] !== true);
  for (const { crd } of lacking) {
    const name = nameOf(crd);
    await cluster.apply(CRDS, name, crd);
    await untilEstablished(cluster, name);
  }
  for (const { type } of lacking) await untilListed(cluster, type);
}

/** To apply it would change nothing, and its kind is served. */
async function isInstalled(cluster: Cluster, crd: JsonObject): Promise<boolean> {
  const found = await cluster.get(CRDS, nameOf(crd));
  return found.kind === 'done' && isEstablished(found.object) && hasAllOf(found.object, crd);
}

/** A merge patch would change nothing: it leaves other members alone, and replaces lists as a whole. An empty list is not stored. */
function hasAllOf(found: JsonValue | undefined, wanted: JsonValue): boolean {
  if (!isJsonObject(wanted)) return isSame(found ?? [], wanted);
  return isJsonObject(found) && Object.entries(wanted).every(([key, value]) => hasAllOf(found[key], value));
}

function nameOf(crd: JsonObject): string {
  return stringAt(crd, ['metadata', 'name']);
}

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

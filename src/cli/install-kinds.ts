import { customResourceDefinition } from '../api/kinds/crd.ts';
import { KINDS } from '../api/kinds/kinds.ts';
import { CRDS, NAMESPACES } from '../api/resources.ts';
import type { ResourceType } from '../api/resources.ts';
import { arrayAt, member, stringAt } from '../lib/json.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Cluster } from './cluster/cluster.ts';
import { SetupError } from './setup-error.ts';

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

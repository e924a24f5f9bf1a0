import { stringAt } from '../../../../src/lib/json.ts';
import { CLASSES, DRIVERS, ROOM_DRIVER } from './random-storage.ts';
import type { ClaimObject, Storage } from './random-storage.ts';
import { inTurn } from './in-turn.ts';
import { NAMESPACES, ZONE } from './vocabulary.ts';

/** Sends a request that has to be taken, and gives its answer. */
export type Must = (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) => Promise<unknown>;

const STORAGE_API = '/apis/storage.k8s.io/v1';
const VOLUMES = '/api/v1/persistentvolumes';
const CAPACITIES = `${STORAGE_API}/namespaces/${NAMESPACES[0]}/csistoragecapacities`;

/** Classes and drivers, which are the same in every world. */
export async function prepareStorage(must: Must): Promise<void> {
  const late = { volumeBindingMode: 'WaitForFirstConsumer' };
  const near = { allowedTopologies: [{ matchLabelExpressions: [{ key: ZONE, values: ['a', 'b'] }] }] };
  for (const [name, provisioner, more] of [
    [CLASSES.found, 'kubernetes.io/no-provisioner', late],
    [CLASSES.made, DRIVERS[0], late],
    [CLASSES.madeNear, DRIVERS[1], { ...late, ...near }],
    [CLASSES.madeWhereRoom, ROOM_DRIVER, late],
    [CLASSES.atOnce, DRIVERS[0], { volumeBindingMode: 'Immediate' }],
  ] as const) {
    await must('POST', `${STORAGE_API}/storageclasses`, { metadata: { name }, provisioner, ...more });
  }
  await must('POST', `${STORAGE_API}/csidrivers`, {
    metadata: { name: ROOM_DRIVER },
    spec: { attachRequired: false, storageCapacity: true },
  });
}

export async function clearStorage(must: Must): Promise<void> {
  for (const namespace of NAMESPACES) await must('DELETE', claimsIn(namespace));
  await must('DELETE', VOLUMES);
  await must('DELETE', `${STORAGE_API}/csinodes`);
  await must('DELETE', CAPACITIES);
}

/** Claims first: a volume names the one that has it by its UID. */
export async function showStorage(must: Must, { claims, volumes, csiNodes, capacities }: Storage): Promise<void> {
  const uids = new Map<ClaimObject, string>();
  await inTurn(claims, async (claim) => {
    const { metadata, spec, phase } = claim;
    const path = claimsIn(metadata.namespace);
    uids.set(claim, stringAt(await must('POST', path, { metadata, spec }), ['metadata', 'uid']));
    await must('PATCH', `${path}/${metadata.name}/status`, { status: { phase } });
  });
  await inTurn(volumes, async ({ metadata, spec, phase, claim }) => {
    const owner = claim === undefined ? undefined : claims[claim];
    const claimRef = owner && { ...named(owner), uid: uids.get(owner) };
    await must('POST', VOLUMES, { metadata, spec: { ...spec, ...(claimRef && { claimRef }) } });
    await must('PATCH', `${VOLUMES}/${metadata.name}/status`, { status: { phase } });
  });
  await inTurn(csiNodes, (node) => must('POST', `${STORAGE_API}/csinodes`, node));
  await inTurn(capacities, (capacity) => must('POST', CAPACITIES, capacity));
}

function named({ metadata: { name, namespace } }: ClaimObject): object {
  return { kind: 'PersistentVolumeClaim', apiVersion: 'v1', name, namespace };
}

function claimsIn(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
}

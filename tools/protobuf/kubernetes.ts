import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { ROOT } from '../run-node.ts';
import { filesBelow } from '../source-file.ts';

/** Where the reduced copies of Kubernetes' .proto files lie. */
export const PROTO_FOLDER = 'tools/protobuf/proto';

const CORE = 'k8s.io.api.core.v1';
const META = 'k8s.io.apimachinery.pkg.apis.meta.v1';

/** Message of each kind that is read in protobuf, by `apiVersion/kind`; its list is the message with `List` behind it. */
export const KIND_MESSAGES: ReadonlyMap<string, string> = new Map([
  ['v1/Pod', `${CORE}.Pod`],
  ['v1/Node', `${CORE}.Node`],
  ['v1/Namespace', `${CORE}.Namespace`],
  ['batch/v1/Job', 'k8s.io.api.batch.v1.Job'],
  ['scheduling.k8s.io/v1/PriorityClass', 'k8s.io.api.scheduling.v1.PriorityClass'],
  ['policy/v1/PodDisruptionBudget', 'k8s.io.api.policy.v1.PodDisruptionBudget'],
  ['v1/PersistentVolumeClaim', `${CORE}.PersistentVolumeClaim`],
  ['v1/PersistentVolume', `${CORE}.PersistentVolume`],
  ['storage.k8s.io/v1/StorageClass', 'k8s.io.api.storage.v1.StorageClass'],
  ['storage.k8s.io/v1/CSINode', 'k8s.io.api.storage.v1.CSINode'],
  ['storage.k8s.io/v1/CSIDriver', 'k8s.io.api.storage.v1.CSIDriver'],
  ['storage.k8s.io/v1/CSIStorageCapacity', 'k8s.io.api.storage.v1.CSIStorageCapacity'],
  // What any kind looks like when names and versions alone are asked for.
  ['meta.k8s.io/v1/PartialObjectMetadata', `${META}.PartialObjectMetadata`],
]);

/** The answer to a refused request. */
export const STATUS_MESSAGE = `${META}.Status`;
/** The frame of an event, and the envelope of an object in it. */
export const WATCH_EVENT_MESSAGE = `${META}.WatchEvent`;
export const UNKNOWN_MESSAGE = 'k8s.io.apimachinery.pkg.runtime.Unknown';

/**
 * Fields whose members JSON holds one level further up, because the Go struct is embedded there. The .proto files do
 * not tell, so they are named here.
 */
export const EMBEDDED_FIELDS: ReadonlySet<string> = new Set([
  'volumeSource',
  'persistentVolumeSource',
  'localObjectReference',
  'handler',
  'ephemeralContainerCommon',
]);

/** Kubernetes' own descriptors of all that the kinds reach, with every field. */
export async function loadKubernetes(): Promise<protobuf.Root> {
  const root = new protobuf.Root();
  for (const file of await filesBelow(PROTO_FOLDER, ['.proto'])) {
    protobuf.parse(await readFile(join(ROOT, file), 'utf8'), root, { keepCase: true });
  }
  root.resolveAll();
  return root;
}

import { ADMISSION_ENABLED, ADMISSION_LABEL, DEFAULT_QUEUE } from '../../api/keys.ts';
import { projectDeviceClass } from '../../api/projections/devices/device-class.ts';
import { projectResourceSlice } from '../../api/projections/devices/resource-slice.ts';
import { projectHyperNode } from '../../api/projections/hyper-node.ts';
import { projectNode } from '../../api/projections/node.ts';
import {
  apiVersion,
  DEVICE_CLASSES,
  HYPER_NODES,
  NAMESPACES,
  NODES,
  QUEUES,
  RESOURCE_SLICES,
} from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import { KnownOfNodes } from '../../engine/cycle/known-of-nodes.ts';
import { ReflectedView } from '../../engine/admission/cluster-view.ts';
import type { QuestionPorts } from '../../engine/admission/questions.ts';
import { DeviceFacts } from '../../scheduler/claims/device-facts.ts';
import { NetworkFacts } from '../../scheduler/topology/network-facts.ts';
import { objectAt, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { ClusterView } from '../../../webhooks/admission.ts';
import { declaresRights, isDeclared } from './declared-rights.ts';
import { BUILT_IN } from './offline-rows.ts';
import type { OfflineKinds } from './offline-rows.ts';
import { isOf } from './sorts.ts';
import type { RightModes } from '../../../webhooks/rights/mode.ts';
import type { AdmissionRow } from '../../../webhooks/row.ts';
import { viewKindsOf } from '../../../webhooks/view-kinds.ts';
import type { ViewKind } from '../../../webhooks/view-kind.ts';

/** A cluster that consists of manifests: what a review can look up, and who may answer its questions. */
export interface OfflineCluster {
  readonly view: ClusterView;
  /** What the API server may ask. */
  readonly rows: readonly AdmissionRow[];
  readonly questions: QuestionPorts;
  /** Labels of a namespace as the API server has them. */
  readonly labelsOf: (namespace: string) => Readonly<Record<string, string>>;
  /** What a review asked and nobody could tell, since the last call. */
  readonly takeUnanswered: () => readonly string[];
}

/** As `sluice serve` has it by default. */
const ENFORCED: RightModes = { queues: 'enforce', bypass: 'enforce' };

/** The label that the API server writes on each namespace. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/**
 * Namespaces that no object describes have opted in, and the queue `default` is there whether or not it is given, as in every
 * cluster that Sluice runs in.
 */
export function offlineCluster(
  objects: readonly JsonObject[],
  namespaces: readonly string[],
  workloads: OfflineKinds = BUILT_IN,
): OfflineCluster {
  const all = [...objects.map(settled), ...missingObjects(objects, namespaces)];
  const kinds = viewKindsOf(workloads.rows);
  const view = new ReflectedView(kinds, '', declaresRights(all) ? { rights: ENFORCED } : {});
  view.setWorkloadKinds(workloads.known, workloads.served);
  for (const kind of kinds) feed(view, kind as ViewKind<unknown>, all);
  tellOfNodes(view, all);
  const unanswered: string[] = [];
  return {
    view,
    rows: workloads.rows,
    questions: questionsOver(all, unanswered),
    labelsOf: (namespace) => labelsOf(all, namespace),
    takeUnanswered: () => unanswered.splice(0),
  };
}

/** What the API server adds to each object. */
function settled(object: JsonObject): JsonObject {
  const uid = `offline-${stringAt(object, ['kind'])}-${stringAt(object, ['metadata', 'namespace'])}-${stringAt(object, ['metadata', 'name'])}`;
  const isNamespace = isOf(object, NAMESPACES);
  const metadata = { uid, resourceVersion: '1', generation: 1, ...objectAt(object, 'metadata') };
  if (!isNamespace) return { ...object, metadata };
  const labels = { ...objectAt(object, 'metadata', 'labels'), [NAME_LABEL]: stringAt(object, ['metadata', 'name']) };
  return { ...object, metadata: { ...metadata, labels } };
}

function missingObjects(objects: readonly JsonObject[], namespaces: readonly string[]): readonly JsonObject[] {
  const has = (type: ResourceType, name: string): boolean =>
    objects.some((object) => isOf(object, type) && stringAt(object, ['metadata', 'name']) === name);
  const unknown = [...new Set(namespaces)].filter((name) => name !== '' && !has(NAMESPACES, name));
  return [
    ...(has(QUEUES, DEFAULT_QUEUE) ? [] : [made(QUEUES, DEFAULT_QUEUE, {})]),
    ...unknown.map((name) => made(NAMESPACES, name, { [ADMISSION_LABEL]: ADMISSION_ENABLED })),
  ];
}

function made(type: ResourceType, name: string, labels: Readonly<Record<string, string>>): JsonObject {
  return settled({ apiVersion: apiVersion(type), kind: type.kind, metadata: { name, labels }, spec: {} });
}

function feed(view: ReflectedView, kind: ViewKind<unknown>, objects: readonly JsonObject[]): void {
  const records = objects.filter((object) => isOf(object, kind.type)).map((object) => kind.project(object));
  view.handler(kind)([{ kind: 'replace', records: records.filter((record) => record !== undefined) }]);
}

/** What the engine tells the webhooks of its nodes. Without any, nobody knows how large the cluster is. */
function tellOfNodes(view: ReflectedView, objects: readonly JsonObject[]): void {
  const recordsOf = <T>(type: ResourceType, project: (raw: JsonObject) => T | undefined): readonly T[] =>
    objects.filter((object) => isOf(object, type)).flatMap((object) => project(object) ?? []);
  const nodes = recordsOf(NODES, (raw) => projectNode(raw));
  if (nodes.length === 0) return;
  const facts = new DeviceFacts(() => undefined);
  for (const slice of recordsOf(RESOURCE_SLICES, projectResourceSlice)) facts.slices.set(slice.name, slice);
  for (const known of recordsOf(DEVICE_CLASSES, projectDeviceClass)) facts.classes.set(known.name, known);
  const network = new NetworkFacts();
  for (const one of recordsOf(HYPER_NODES, projectHyperNode)) network.upsert(one);
  const { room, devices } = new KnownOfNodes({ nodes: () => nodes, devices: facts, network });
  if (room !== undefined) view.setRoom(room);
  if (devices !== undefined) view.setDevices(devices);
}

function labelsOf(objects: readonly JsonObject[], namespace: string): Readonly<Record<string, string>> {
  const found = objects.find(
    (object) => isOf(object, NAMESPACES) && stringAt(object, ['metadata', 'name']) === namespace,
  );
  const labels = Object.entries(objectAt(found, 'metadata', 'labels'));
  return Object.fromEntries(labels.map(([key, value]) => [key, typeof value === 'string' ? value : '']));
}

/** Objects are looked up among the manifests; who may do what, roles and their bindings tell, where there are any. */
function questionsOver(objects: readonly JsonObject[], unanswered: string[]): QuestionPorts {
  return {
    authorise: (question, { username: name, userGroups: groups }) => {
      if (declaresRights(objects)) {
        const verdict = isDeclared(objects, question, { name, groups }) ? 'allowed' : 'denied';
        return Promise.resolve({ kind: 'authorise', verdict });
      }
      unanswered.push(`whether the user may ${question.verb} ${question.type.plural}/${question.name}`);
      return Promise.resolve({ kind: 'authorise', verdict: 'unknown' });
    },
    // Only warnings depend on it.
    fit: () => Promise.resolve({ kind: 'fit', fit: 'unknown' }),
    place: () => Promise.resolve({ kind: 'place', node: undefined }),
    fetch: ({ type, namespace, name }) => {
      const object = objects.find(
        (one) =>
          isOf(one, type) &&
          stringAt(one, ['metadata', 'name']) === name &&
          (!type.namespaced || stringAt(one, ['metadata', 'namespace']) === namespace),
      );
      return Promise.resolve({ kind: 'fetch', object: object ?? 'absent' });
    },
  };
}

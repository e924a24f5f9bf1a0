import { GROUP_PLAN_ANNOTATION } from '../../../src/api/keys.ts';
import type { RootRecord } from '../../../src/api/records/root-record.ts';
import { stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { ClusterView } from '../../../webhooks/admission.ts';
import { rootMutator } from '../../../webhooks/roots/mutate.ts';
import { created, view } from '../fixture.ts';
import { example, specOf, stored } from './framework-table.ts';

/** Who makes the pods of frameworks. */
export const OPERATOR = 'system:serviceaccount:operators:controller';
const QUEUES = { root: { hasChildren: true }, default: {}, research: {}, other: {} };
/** A cluster that knows no object of a framework yet. */
export const CLUSTER = view({ queues: QUEUES });

/** The object of an example as it is stored after its review. */
export async function submitted(name: string): Promise<JsonObject> {
  const object = await example(name);
  return stored(created(rootMutator(specOf(object)), object, CLUSTER));
}

/** A cluster whose view has the object. */
export function knowing(object: JsonObject): ClusterView {
  const [namespace, name] = ['team-a', stringAt(object, ['metadata', 'name'])];
  const record: RootRecord = {
    key: `${namespace}/${name}`,
    apiVersion: stringAt(object, ['apiVersion']),
    kind: stringAt(object, ['kind']),
    namespace,
    name,
    uid: stringAt(object, ['metadata', 'uid']),
    resourceVersion: '1',
    createdMs: 0,
    deleting: false,
    groupPlan: stringAt(object, ['metadata', 'annotations', GROUP_PLAN_ANNOTATION]),
    queue: stringAt(object, ['metadata', 'labels', 'volcano.sh/queue-name']),
    handedDown: new Map(),
    submitter: {},
    owner: undefined,
  };
  return view({ queues: QUEUES, roots: [record] });
}

import { GROUP_NAME_ANNOTATION, SUBMITTER_ANNOTATION, VOLCANO_GROUP_NAME_ANNOTATION } from '../../api/keys.ts';
import { JOBS, POD_GROUPS, PODS } from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import type { GroupProof } from '../../engine/cycle/explainer.ts';
import { arrayAt, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { ClusterAccess } from '../cluster/cluster-access.ts';
import type { ExplainTarget } from './explain-options.ts';
import { groupMadeFor } from './made-for.ts';
import { SetupError } from '../setup-error.ts';

/** Where a Job and a pod name their group. */
const PLACES = { job: ['spec', 'template', 'metadata', 'annotations'], pod: ['metadata', 'annotations'] } as const;

/** The PodGroup of what is asked about, read with the asker's own rights. Throws a SetupError when there is none. */
export async function findGroup(
  access: ClusterAccess,
  namespace: string,
  target: ExplainTarget,
): Promise<{ readonly group: GroupProof; readonly submitter: string }> {
  const name = await groupNameOf(access, namespace, target);
  const group = await read(access, POD_GROUPS, namespace, name);
  const submitter = stringAt(group, ['metadata', 'annotations', SUBMITTER_ANNOTATION]);
  return { group: { namespace, name, uid: stringAt(group, ['metadata', 'uid']) }, submitter };
}

async function groupNameOf(access: ClusterAccess, namespace: string, target: ExplainTarget): Promise<string> {
  if (target.kind === 'podgroup') return target.name;
  if (target.kind === 'owner') return groupMadeFor(await groupsOf(access, namespace), target);
  const isJob = target.kind === 'job';
  const object = isJob
    ? await readIfThere(access, JOBS, namespace, target.name)
    : await read(access, PODS, namespace, target.name);
  // Volcano's Jobs are jobs, too.
  if (object === undefined) return groupMadeFor(await groupsOf(access, namespace), { word: 'job', name: target.name });
  for (const key of [GROUP_NAME_ANNOTATION, VOLCANO_GROUP_NAME_ANNOTATION]) {
    const group = stringAt(object, [...(isJob ? PLACES.job : PLACES.pod), key]);
    if (group !== '') return group;
  }
  throw new SetupError(`${target.kind} ${namespace}/${target.name} belongs to no PodGroup: Sluice does not place it`);
}

/** One PodGroup of each other namespace that the asker may list. Throws a SetupError without that right. */
export async function groupsOfOthers(access: ClusterAccess, own: string): Promise<readonly GroupProof[]> {
  const byNamespace = new Map<string, GroupProof>();
  for (const item of await groupsOf(access, '')) {
    const [namespace = '', name = '', uid = ''] = ['namespace', 'name', 'uid'].map((key) =>
      stringAt(item, ['metadata', key]),
    );
    if (namespace !== own) byNamespace.set(namespace, { namespace, name, uid });
  }
  return [...byNamespace.values()];
}

/** The PodGroups of a namespace, or of all. */
async function groupsOf({ writer }: ClusterAccess, namespace: string): Promise<readonly unknown[]> {
  const outcome = await writer.write({ ...request(POD_GROUPS, namespace, ''), verb: 'get', body: undefined });
  if (outcome.kind === 'done') return arrayAt(outcome.object, 'items');
  const why = 'message' in outcome ? outcome.message : outcome.kind;
  throw new SetupError(`cannot list the podgroups of ${namespace === '' ? 'all namespaces' : namespace}: ${why}`);
}

async function read(access: ClusterAccess, type: ResourceType, namespace: string, name: string): Promise<JsonObject> {
  const object = await readIfThere(access, type, namespace, name);
  if (object === undefined) throw new SetupError(`there is no ${type.kind} ${namespace}/${name}`);
  return object;
}

/** Undefined when there is no such object. */
async function readIfThere(
  { writer, cluster }: ClusterAccess,
  type: ResourceType,
  namespace: string,
  name: string,
): Promise<JsonObject | undefined> {
  const outcome = await writer.write({ ...request(type, namespace, name), verb: 'get', body: undefined });
  if (outcome.kind === 'done') return outcome.object ?? {};
  if (outcome.kind === 'notFound') return undefined;
  const why = 'message' in outcome ? outcome.message : outcome.kind;
  throw new SetupError(
    outcome.kind === 'refused'
      ? `cannot read ${type.kind} ${namespace}/${name}: ${why}`
      : `the cluster at ${cluster.server} does not answer: ${why}`,
  );
}

function request(
  type: ResourceType,
  namespace: string,
  name: string,
): { type: ResourceType; namespace: string; name: string; subresource: ''; lane: 'decision' } {
  return { type, namespace, name, subresource: '', lane: 'decision' };
}

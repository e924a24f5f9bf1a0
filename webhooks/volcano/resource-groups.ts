import type { ResourceGroup } from '../../src/api/resource-group.ts';
import { arrayAt, memberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { isSame } from '../../src/lib/same.ts';
import type { AdmissionRequest, ClusterView, Verdict } from '../admission.ts';
import { ObjectPatch } from '../object-patch.ts';
import { allow, UNCHANGED } from '../verdict.ts';

/** New pods: the first group of the admission configuration that they belong to gives them its scheduler and nodes. */
export function mutateByResourceGroup(request: AdmissionRequest, view: ClusterView): Verdict {
  const { object: pod, subresource, namespace } = request;
  if (pod === undefined || subresource !== '') return UNCHANGED;
  const group = view.resourceGroups().find((each) => hasPod(each, pod, namespace));
  if (group === undefined) return UNCHANGED;
  const patch = new ObjectPatch(pod);
  for (const [key, value] of Object.entries(group.nodeSelector)) patch.set(['spec', 'nodeSelector', key], value);
  const known = arrayAt(pod, 'spec', 'tolerations');
  patch.append(
    ['spec', 'tolerations'],
    ...group.tolerations.filter((toleration) => !known.some((each) => isSame(each, toleration))),
  );
  if (group.affinity !== undefined && (memberAt(pod, 'spec', 'affinity') ?? null) === null)
    patch.set(['spec', 'affinity'], group.affinity);
  if (group.schedulerName !== '') patch.set(['spec', 'schedulerName'], group.schedulerName);
  if (patch.operations.length === 0) return UNCHANGED;
  return allow(patch.operations, [], { 'resource-group': group.name });
}

function hasPod({ namespaces, annotations }: ResourceGroup, pod: JsonObject, namespace: string): boolean {
  if (namespaces.has(namespace)) return true;
  return annotations.some(({ key, value }) => stringAt(pod, ['metadata', 'annotations', key]) === value);
}

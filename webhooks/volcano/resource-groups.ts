import { QUEUE_GATE_KEY, SERVED_SCHEDULERS } from '../../src/api/keys.ts';
import type { ResourceGroup } from '../../src/api/resource-group.ts';
import { arrayAt, memberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { isSame } from '../../src/lib/same.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { ObjectPatch } from '../object-patch.ts';
import { allow, UNCHANGED } from '../verdict.ts';

/**
 * New pods: the first group of the admission configuration that they belong to gives them its scheduler and nodes, and who asks
 * for it waits behind the gate of the queue.
 */
export function mutateByResourceGroup(request: AdmissionRequest, view: ClusterView): Verdict {
  const { object: pod, subresource, namespace } = request;
  if (pod === undefined || subresource !== '') return UNCHANGED;
  const group = view.resourceGroups().find((each) => hasPod(each, pod, namespace));
  const patch = new ObjectPatch(pod);
  if (group !== undefined) applyGroup(group, pod, patch);
  addQueueGate(pod, group?.schedulerName || stringAt(pod, ['spec', 'schedulerName']), patch);
  if (patch.operations.length === 0) return UNCHANGED;
  return allow(patch.operations, [], group === undefined ? {} : { 'resource-group': group.name });
}

function applyGroup(group: ResourceGroup, pod: JsonObject, patch: ObjectPatch): void {
  for (const [key, value] of Object.entries(group.nodeSelector)) patch.set(['spec', 'nodeSelector', key], value);
  const known = arrayAt(pod, 'spec', 'tolerations');
  patch.append(
    ['spec', 'tolerations'],
    ...group.tolerations.filter((toleration) => !known.some((each) => isSame(each, toleration))),
  );
  if (group.affinity !== undefined && (memberAt(pod, 'spec', 'affinity') ?? null) === null)
    patch.set(['spec', 'affinity'], group.affinity);
  if (group.schedulerName !== '') patch.set(['spec', 'schedulerName'], group.schedulerName);
}

function addQueueGate(pod: JsonObject, scheduler: string, patch: ObjectPatch): void {
  if (stringAt(pod, ['metadata', 'annotations', QUEUE_GATE_KEY]) !== 'true') return;
  if (!SERVED_SCHEDULERS.has(scheduler) || stringAt(pod, ['spec', 'nodeName']) !== '') return;
  const gates = arrayAt(pod, 'spec', 'schedulingGates');
  if (gates.some((gate) => stringAt(gate, ['name']) === QUEUE_GATE_KEY)) return;
  patch.append(['spec', 'schedulingGates'], { name: QUEUE_GATE_KEY });
}

function hasPod({ namespaces, annotations }: ResourceGroup, pod: JsonObject, namespace: string): boolean {
  if (namespaces.has(namespace)) return true;
  return annotations.some(({ key, value }) => stringAt(pod, ['metadata', 'annotations', key]) === value);
}

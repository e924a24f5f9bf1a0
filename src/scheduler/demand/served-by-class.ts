import { classServing } from '../../api/devices/extended-resources.ts';
import type { Refusal } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import { TaskClass } from '../model/task-class.ts';

/**
 * Nodes publish too little of a resource for the group, and a DeviceClass gives devices to who asks by that name: by a claim
 * that kube-scheduler makes and Sluice does not. So nobody can say that the group never fits.
 */
export function servedByClass(job: Job, resource: string, { claims }: Snapshot): Refusal | undefined {
  const deviceClass = classServing(resource, claims.facts.extendedResources);
  if (deviceClass === undefined) return undefined;
  const message = `PodGroup ${job.key} asks for more ${resource} than nodes publish. DeviceClass ${deviceClass} serves it by claims, which Sluice does not make for pods that ask for a resource: name a ResourceClaim in the pods.`;
  return { code: 'NeedsNotSupported', message };
}

/**
 * The class without the resources that DeviceClasses serve by claims, and the first of these; undefined where it asks for none
 * of them.
 */
export function withoutServed(
  { shape }: TaskClass,
  { resources, claims }: Snapshot,
): { readonly rest: TaskClass; readonly resource: string } | undefined {
  const { extendedResources } = claims.facts;
  const isServed = (name: string): boolean => classServing(name, extendedResources) !== undefined;
  const resource = [...shape.requests.keys()].find(isServed);
  if (resource === undefined) return undefined;
  const requests = new Map([...shape.requests].filter(([name]) => !isServed(name)));
  return { rest: new TaskClass({ ...shape, requests }, resources), resource };
}

import { classServing } from '../../api/devices/extended-resources.ts';
import type { Refusal } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import type { TaskClass } from '../model/task-class.ts';

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

/** All of which no node publishes enough for a task of the class is served by classes: the first of them; else undefined. */
export function servedShortage(
  { resources, amounts }: TaskClass,
  { nodes, resources: table, claims }: Snapshot,
): string | undefined {
  const short = [...resources].filter((r, at) => (amounts[at] ?? 0) > nodes.largest(r)).map((r) => table.name(r));
  const { extendedResources } = claims.facts;
  return short.every((name) => classServing(name, extendedResources) !== undefined) ? short[0] : undefined;
}

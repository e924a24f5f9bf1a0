import { NUMA_POLICY_ANNOTATION } from '../src/api/keys.ts';
import { numaPolicyOf, ownedBy } from '../src/api/numa/pod-numa.ts';
import { isExtendedResource } from '../src/api/devices/extended-resources.ts';
import { largestRequests } from '../src/api/projections/pod-requests.ts';
import { keyPath } from '../src/lib/field-error.ts';
import type { JsonObject } from '../src/lib/json.ts';
import type { TemplateFacts } from './template-facts.ts';

/** What a NUMA policy, which stands at `path`, would not do for pods of that spec, or not everywhere. */
export function alignmentWarnings(spec: JsonObject, path: string): readonly string[] {
  // The webhook knows neither the configuration nor what nodes tell.
  if (ownedBy(spec) !== undefined) {
    const devices = [...largestRequests([spec]).keys()].filter(isExtendedResource);
    return [
      `${path} is minded where nodes tell of them and numa-aware is on`,
      ...devices.map((name) => `${path}: no node tells on which NUMA node ${name} is`),
    ];
  }
  return [`${path} has no effect: a container lacks full limits of cpu and memory`];
}

/** The same for a pod, or a template, that says its policy itself. */
export function numaWarnings({
  annotations,
  spec,
  path,
}: Pick<TemplateFacts, 'annotations' | 'spec' | 'path'>): readonly string[] {
  if (numaPolicyOf(annotations) === 'none') return [];
  return alignmentWarnings(spec, keyPath(`${path}metadata.annotations`, NUMA_POLICY_ANNOTATION));
}

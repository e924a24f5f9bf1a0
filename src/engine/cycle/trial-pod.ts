import { projectPod } from '../../api/projections/pod.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import { objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';

/** Nobody else's: no object is called so, and it is never kept. */
const NAME = 'trial';

/** A pod as its template would make it. */
export function trialPod(namespace: string, template: JsonObject): PodRecord | undefined {
  const metadata = { ...objectAt(template, 'metadata'), name: NAME, uid: NAME, namespace };
  return projectPod({ metadata, spec: objectAt(template, 'spec') }, new Map());
}

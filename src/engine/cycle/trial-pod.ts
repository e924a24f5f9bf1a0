import { projectPod } from '../../api/projections/pod.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import { objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';

/** Nobody else's: no object is called so, and it is never kept. */
const NAME = 'trial';

/** A pod as its template would make it; undefined also where it needs what nobody looks at: then nothing is said of nodes. */
export function trialPod(namespace: string, template: JsonObject): PodRecord | undefined {
  const metadata = { ...objectAt(template, 'metadata'), name: NAME, uid: NAME, namespace };
  const pod = projectPod({ metadata, spec: objectAt(template, 'spec') }, new Map());
  return pod === undefined || pod.shape.needs.length > 0 ? undefined : pod;
}

import { apiVersion, JOBFLOWS, JOBTEMPLATES } from '../../../src/api/resources.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { vcjob } from '../vcjobs/vcjob-fixture.ts';

/** One flow that waits for others. */
export function flow(name: string, targets: readonly string[] = [], over: JsonObject = {}): JsonObject {
  return { name, ...(targets.length === 0 ? {} : { dependsOn: { targets: [...targets] } }), ...over };
}

/** A JobFlow of those flows. */
export function jobflow(flows: readonly JsonObject[], name = 'daily', spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: apiVersion(JOBFLOWS),
    kind: JOBFLOWS.kind,
    metadata: { name, namespace: 'team-a' },
    spec: { flows: [...flows], ...spec },
  };
}

/** A JobTemplate that nothing is wrong with, but for what is said. */
export function jobtemplate(spec: JsonObject = {}, name = 'train'): JsonObject {
  return { ...vcjob(spec, name), apiVersion: apiVersion(JOBTEMPLATES), kind: JOBTEMPLATES.kind };
}

import { arrayAt, isJsonObject, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';

/** One flow of a JobFlow, read without trust. */
export interface FlowFacts {
  /** `spec.flows[2]`. */
  readonly path: string;
  readonly name: string;
  readonly targets: readonly string[];
  readonly probe: JsonObject;
  /** The part of a Job's spec that the flow changes. */
  readonly patch: JsonObject;
}

/** The flows in their order; what is no object counts as a flow that says nothing. */
export function flowsOf(jobflow: JsonObject): readonly FlowFacts[] {
  return arrayAt(jobflow, 'spec', 'flows').map((raw, index) => {
    const flow = isJsonObject(raw) ? raw : {};
    return {
      path: `spec.flows[${index}]`,
      name: stringAt(flow, ['name']),
      targets: arrayAt(flow, 'dependsOn', 'targets').map((target) => stringAt({ target }, ['target'])),
      probe: objectAt(flow, 'dependsOn', 'probe'),
      patch: objectAt(flow, 'patch', 'jobSpec'),
    };
  });
}

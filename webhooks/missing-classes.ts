import { stringAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import type { ClusterView } from './admission.ts';
import { RUNTIME_CLASS_VIEW } from './view-kinds.ts';

/** A pod's spec, and where it stands in the object under review. */
interface PlacedSpec {
  readonly spec: JsonObject;
  readonly path: string;
}

/**
 * Classes that a template names and that are not there. The API server takes the template and refuses the pods, which a
 * controller tries to make over and over: its events tell why, and the group only that it has too few.
 */
export function missingClassWarnings({ spec, path }: PlacedSpec, view: ClusterView): readonly string[] {
  if (!view.synced) return [];
  const priority = stringAt(spec, ['priorityClassName']);
  const runtime = stringAt(spec, ['runtimeClassName']);
  const warning = (field: string, kind: string, name: string): string =>
    `${path}${field}: there is no ${kind} ${name}: pods are refused until there is`;
  return [
    ...(priority === '' || view.priorityClass(priority) !== undefined
      ? []
      : [warning('priorityClassName', 'PriorityClass', priority)]),
    ...(runtime === '' || view.of(RUNTIME_CLASS_VIEW).get(runtime) !== undefined
      ? []
      : [warning('runtimeClassName', 'RuntimeClass', runtime)]),
  ];
}

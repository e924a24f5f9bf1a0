import { arrayAt, isJsonObject, memberAt, stringAt } from '../../../src/lib/json.ts';
import { commandOf, readContainer } from './read-container.ts';
import type { ContainerPlan } from './read-container.ts';

/** What a pod's spec says of the life of its containers. */
export type PodPlan = {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly restartPolicy: string;
  readonly init: readonly ContainerPlan[];
  readonly main: readonly ContainerPlan[];
  /** Its start takes init containers with commands; kwok starts every other pod at once. */
  readonly startsInSteps: boolean;
  /** It takes its time to go; kwok removes every other pod as soon as it is deleted. */
  readonly endsSlowly: boolean;
};

const SPEC_CONTAINERS_JQ = '((.spec.containers // []) + (.spec.initContainers // []))[]';

/** True for {@link PodPlan.startsInSteps}, in jq. */
export const STARTS_IN_STEPS_JQ =
  '[(.spec.initContainers // [])[] | select(((.command // []) + (.args // [])) != [])] != []';

/** True for {@link PodPlan.endsSlowly}, in jq. */
export const ENDS_SLOWLY_JQ = `[${SPEC_CONTAINERS_JQ}
  | select(.lifecycle.preStop != null or ((.command // []) + (.args // []) | join(" ") | test("\\\\btrap\\\\b")))] != []`;

/** Reads a pod. */
export function readPodPlan(pod: unknown): PodPlan {
  const init = arrayAt(pod, 'spec', 'initContainers');
  const main = arrayAt(pod, 'spec', 'containers');
  return {
    name: stringAt(pod, ['metadata', 'name']),
    namespace: stringAt(pod, ['metadata', 'namespace']),
    uid: stringAt(pod, ['metadata', 'uid']),
    restartPolicy: stringAt(pod, ['spec', 'restartPolicy'], 'Always'),
    init: init.map((each) => readContainer(each, pod)),
    main: main.map((each) => readContainer(each, pod)),
    startsInSteps: init.some((each) => commandOf(each).length > 0),
    endsSlowly: [...main, ...init].some(
      (each) => isJsonObject(memberAt(each, 'lifecycle', 'preStop')) || /\btrap\b/.test(commandOf(each).join(' ')),
    ),
  };
}

/** Whether kwok alone can act the pod out: it starts at once, runs on, and is gone once it is deleted. */
export function isPlain(plan: PodPlan): boolean {
  const ends = [...plan.init.filter(({ sidecar }) => sidecar), ...plan.main].some(({ run }) => run.kind === 'ends');
  return !ends && !plan.startsInSteps && !plan.endsSlowly;
}

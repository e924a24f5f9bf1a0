import { isDeepStrictEqual } from 'node:util';
import { GROUP_PLAN_ANNOTATION } from '../../../src/api/keys.ts';
import { parseGroupPlan } from '../../../src/api/group-plan.ts';
import type { GroupPlan } from '../../../src/api/group-plan.ts';
import { stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { mutatePod } from '../../../webhooks/pods/mutate.ts';
import { rootMutator } from '../../../webhooks/roots/mutate.ts';
import { created, patched, request } from '../fixture.ts';
import { Chain, stampOf } from './chain.ts';
import { CLUSTER, knowing, OPERATOR, submitted } from './framework-cluster.ts';
import { example, GANGS, podOf, REPLICAS, specOf, stored } from './framework-table.ts';
import type { FrameworkCase, LabelCase } from './framework-table.ts';
import { courseOfTwo } from './two-at-once.ts';

/** What becomes of a question; `-` where there is no gang that it could be asked of. */
export type Answer = 'yes' | 'NO' | '-';

/** The five answers for an example of a framework. */
export interface FiveAnswers {
  /** Each pod of the controller is in the group of its object, or its replica, under the right role. */
  readonly grouped: Answer;
  /** Minima and stages of the roles are those of the table. */
  readonly minimum: Answer;
  /** Plan and pods are in the queue that the object names. */
  readonly queue: Answer;
  /** A change of the status, and the first manifest applied again, leave all of it. */
  readonly update: Answer;
  /** Of two in room for one, the first starts whole and the other not at all; once it is gone the other starts whole. */
  readonly noDeadlock: Answer;
}

/** Asks the rules themselves, and the core for the last, of an example of a workload kind. */
export async function answersOf(name: string): Promise<FiveAnswers> {
  const want = GANGS[name] ?? REPLICAS[name];
  const root = await submitted(name);
  const update = yesOrNo(await survivesUpdate(name, root));
  if (want === undefined) {
    const hasNoPlan = planOf(root) === undefined;
    const queue = yesOrNo(hasNoPlan && stampOf(made(root, {})).queue === 'research');
    return { grouped: '-', minimum: '-', queue, update, noDeadlock: '-' };
  }
  const pods = want.pods.map(([labels]) => made(root, labels));
  const plan = name in REPLICAS ? pods.map(planOf).find((found) => found !== undefined) : planOf(root);
  return { ...answersOfGang(plan, pods, want), update };
}

/** The same of pods that only their labels tell: there is no object that could be changed. */
export function answersOfLabels({ first, others, ...want }: LabelCase): FiveAnswers {
  const chain = new Chain('asked');
  const root = chain.make(first, undefined, 'alice');
  const pods = [root, ...others.map((pod) => chain.make(pod, root))];
  return { ...answersOfGang(planOf(root), pods, want), update: '-' };
}

function answersOfGang(
  plan: GroupPlan | undefined,
  pods: readonly JsonObject[],
  want: FrameworkCase,
): Omit<FiveAnswers, 'update'> {
  const stamps = pods.map(stampOf);
  return {
    grouped: yesOrNo(stamps.every(({ group, role }, ix) => group === plan?.group && role === want.pods[ix]?.[1])),
    minimum: yesOrNo(isDeepStrictEqual(rolesOf(plan), want.roles)),
    queue: yesOrNo([plan?.queue, ...stamps.map(({ queue }) => queue)].every((queue) => queue === 'research')),
    noDeadlock: yesOrNo(plan !== undefined && neverLocks(plan)),
  };
}

/** A pod as the object's controller makes it, after its review. */
function made(root: JsonObject, labels: JsonObject): JsonObject {
  return created(mutatePod, podOf(root, labels), knowing(root), { username: OPERATOR });
}

function planOf(object: JsonObject): GroupPlan | undefined {
  return parseGroupPlan(stringAt(object, ['metadata', 'annotations', GROUP_PLAN_ANNOTATION]));
}

function rolesOf(plan: GroupPlan | undefined): FrameworkCase['roles'] {
  return Object.fromEntries((plan?.tasks ?? []).map(({ name, min, stage }) => [name, [min, stage]]));
}

async function survivesUpdate(name: string, root: JsonObject): Promise<boolean> {
  const mutate = rootMutator(specOf(root));
  const ofStatus = { ...root, status: { active: 1 } };
  const told = mutate(request({ operation: 'UPDATE', object: ofStatus, oldObject: root }), CLUSTER);
  const first = stored(await example(name));
  const again = patched(first, mutate(request({ operation: 'UPDATE', object: first, oldObject: root }), CLUSTER));
  return (
    told.kind === 'allow' &&
    told.patch.length === 0 &&
    isDeepStrictEqual(planOf(again), planOf(root)) &&
    isDeepStrictEqual(again['spec'], root['spec'])
  );
}

function neverLocks(plan: GroupPlan): boolean {
  return (['at once', 'stage by stage'] as const).every((podsCome) => {
    const { whole, before, after } = courseOfTwo(plan, podsCome);
    return isDeepStrictEqual({ before, after }, { before: [whole, 0], after: [0, whole] });
  });
}

function yesOrNo(is: boolean): Answer {
  return is ? 'yes' : 'NO';
}

import { placesAt } from '../../src/api/field-path.ts';
import type { Place } from '../../src/api/field-path.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import { GROUP_MIN_MEMBER_ANNOTATION } from '../../src/api/keys.ts';
import type { FieldCondition, RoleRule, WorkloadKindSpec } from '../../src/api/kinds/workload-kind.ts';
import { objectAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { isKept } from '../kept.ts';
import type { QueueChoice } from '../queue-choice.ts';
import { roleName } from '../stamp.ts';
import { MAX_COUNT } from '../whole-number.ts';
import { holds, isTrueAt, textAt, wholeAt, wholeOf } from './fields.ts';
import type { Part } from './fields.ts';
import { roleCount } from './role-count.ts';
import { roleSize, roleTemplate } from './role-size.ts';
import type { RoleTemplate } from './role-size.ts';
import { roleStages } from './role-stage.ts';
import type { UnstagedRole } from './role-stage.ts';

/** Pods of one kind that an object has made. */
export interface RootRole {
  /** Fit for a label; unique in the object. */
  readonly name: string;
  readonly count: number;
  /** At most `count`. */
  readonly min: number;
  readonly stage: number;
  readonly template: RoleTemplate | undefined;
  /** Of one pod. */
  readonly size: ResourceAmounts;
}

/** What an object of a workload kind says, by the description of its kind. */
export interface RootFacts {
  readonly roles: readonly RootRole[];
  /** From the kind's own field; labels and annotations come before it. */
  readonly queue: QueueChoice | undefined;
  /** From the kind's own field; empty when it has none. */
  readonly priorityClassName: string;
  readonly isSuspended: boolean;
  /** The overall minimum that it names, in the annotation that every kind has or in a field of its own; undefined when it names none. */
  readonly minimum: number | undefined;
  /** None of its pods is evicted for others. */
  readonly isKept: boolean;
  /** It has more roles than are looked at, so that nothing is known of them. */
  readonly hasTooManyRoles: boolean;
}

/** A plan with more would not fit its annotation. */
export const MOST_ROLES = 128;

/** Reads an object; whatever stands in it, nothing is thrown. O(roles). */
export function readRoot(kind: WorkloadKindSpec, object: JsonObject): RootFacts {
  const whole = wholeOf(object);
  const unstaged = (kind.roles ?? []).flatMap((rule) => rolesOf(whole, rule));
  const hasTooManyRoles = unstaged.length > MOST_ROLES;
  const minimum = ownMinimum(kind, object);
  const roles = hasTooManyRoles ? [] : joined(unstaged.map(readRole), roleStages(unstaged));
  return {
    roles: divided(roles, minimum),
    minimum,
    queue: (kind.queue ?? []).map((path) => queueAt(whole, path)).find((queue) => queue !== undefined),
    priorityClassName: (kind.priorityClass ?? []).map((path) => textAt(whole, path)).find((name) => name !== '') ?? '',
    isSuspended: isTrueAt(whole, kind.suspend) || isHeld(whole, kind.suspendWhen),
    isKept: isKept(objectAt(object, 'metadata')) || (kind.notPreemptible ?? []).some((one) => isHeld(whole, one)),
    hasTooManyRoles,
  };
}

/** None, or one of 0, leaves the roles' own. */
export function ownMinimum({ minAvailable }: WorkloadKindSpec, object: JsonObject): number | undefined {
  const whole = wholeOf(object);
  const named = wholeAt(whole, MIN_MEMBER) || (minAvailable === undefined ? undefined : wholeAt(whole, minAvailable));
  return named === 0 ? undefined : named;
}

const MIN_MEMBER = `metadata.annotations["${GROUP_MIN_MEMBER_ANNOTATION}"]`;

/** A condition that is there holds. */
function isHeld(whole: Part, condition: FieldCondition | undefined): boolean {
  return condition !== undefined && holds(whole, condition);
}

function queueAt(whole: Part, path: string): QueueChoice | undefined {
  const name = textAt(whole, path);
  return name === '' ? undefined : { name, path };
}

/** The roles that a rule finds, without a name for those that have none. */
function rolesOf(whole: Part, rule: RoleRule): readonly UnstagedRole[] {
  const { object } = whole;
  const places = rule.at === undefined ? [whole.place] : placesAt(rule.at, object, whole.place, MOST_ROLES + 1);
  const wanted =
    rule.keys === undefined ? places : rule.keys.flatMap((key) => places.filter((one) => keyOf(one) === key));
  return wanted
    .map((place, index) => ({ part: { object, place }, rule, index, name: nameOf({ object, place }, rule) }))
    .filter(({ part, name }) => name !== '' && (rule.unless === undefined || !holds(part, rule.unless)));
}

function nameOf(part: Part, { name, nameFrom }: RoleRule): string {
  if (name !== undefined) return name;
  return roleName(nameFrom === undefined ? keyOf(part.place).toLowerCase() : textAt(part, nameFrom));
}

function keyOf({ at }: Place): string {
  const key = at.at(-1);
  return typeof key === 'string' ? key : '';
}

function readRole({ name, part, rule }: UnstagedRole): RootRole {
  const template = roleTemplate(part, rule);
  return { name, ...roleCount(part, rule, name), stage: 0, template, size: roleSize(part, rule, template) };
}

/** Namesakes are one role, since their pods can't be told apart. */
function joined(roles: readonly RootRole[], stages: ReadonlyMap<string, number>): readonly RootRole[] {
  const byName = new Map<string, RootRole>();
  for (const role of roles) {
    const known = byName.get(role.name);
    const [count, min] = [sum(known?.count, role.count), sum(known?.min, role.min)];
    byName.set(role.name, { ...(known ?? role), count, min, stage: stages.get(role.name) ?? 0 });
  }
  return [...byName.values()];
}

function sum(known: number | undefined, more: number): number {
  return Math.min((known ?? 0) + more, MAX_COUNT);
}

/** An overall minimum, given out in the order of the roles; none leaves the roles' own. */
export function divided(roles: readonly RootRole[], minimum: number | undefined): readonly RootRole[] {
  if (minimum === undefined) return roles;
  let rest = minimum;
  return roles.map((role) => {
    const min = Math.min(role.count, rest);
    rest -= min;
    return { ...role, min };
  });
}

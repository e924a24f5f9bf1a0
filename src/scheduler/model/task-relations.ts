import { TASK_AFFINITY_ANNOTATION, TASK_ANTI_AFFINITY_ANNOTATION, TASK_ORDER_ANNOTATION } from '../../api/keys.ts';

/** Roles that one role wants beside it, and those that it does not; its own may be among them. */
export interface RoleRelation {
  readonly partners: ReadonlySet<string>;
  readonly opponents: ReadonlySet<string>;
}

/** How the roles of one group stand to each other, as its PodGroup says. */
export class TaskRelations {
  readonly #affinity: readonly (readonly string[])[];
  readonly #antiAffinity: readonly (readonly string[])[];
  readonly #order: readonly string[];

  constructor(hints: ReadonlyMap<string, string>) {
    this.#affinity = roleLists(hints.get(TASK_AFFINITY_ANNOTATION));
    this.#antiAffinity = roleLists(hints.get(TASK_ANTI_AFFINITY_ANNOTATION));
    this.#order = roleLists(hints.get(TASK_ORDER_ANNOTATION)).flat();
  }

  /** Undefined when the role has to do with no other, nor with its own. */
  of(role: string): RoleRelation | undefined {
    const relation = { partners: named(this.#affinity, role), opponents: named(this.#antiAffinity, role) };
    return relation.partners.size + relation.opponents.size === 0 ? undefined : relation;
  }

  /** Place of the role in the order; those that it does not name come last, all alike. */
  rank(role: string): number {
    const at = this.#order.indexOf(role);
    return at < 0 ? this.#order.length : at;
  }
}

/** `ps,worker;a,b`: lists of roles. */
function roleLists(text = ''): readonly (readonly string[])[] {
  const lists = text.split(';').map((list) => list.split(',').map((role) => role.trim()));
  return lists.map((list) => list.filter((role) => role !== '')).filter((list) => list.length > 0);
}

/** Who stands in lists with the role; a list of one is about the pods of that role. */
function named(lists: readonly (readonly string[])[], role: string): ReadonlySet<string> {
  const own = lists.filter((list) => list.includes(role));
  return new Set(own.flatMap((list) => (list.length === 1 ? list : list.filter((other) => other !== role))));
}

import type { PodGroupRecord } from '../../../api/records/pod-group-record.ts';

/** The members of a group that have one role: what each of them points to. */
interface RoleCount {
  readonly group: string;
  readonly role: string;
  count: number;
}

/**
 * Who counts as a member of which group: pods that hold a node or a reservation and are there to stay, and pods that
 * have succeeded on one. A pod that counts once counts for the same group and role until it does not count any more.
 */
export class Membership {
  readonly #members = new Map<string, RoleCount>();
  readonly #byGroup = new Map<string, Map<string, RoleCount>>();

  /** The pod counts for the group from now on; nothing when it counts already, or when the group is empty. */
  add(uid: string, group: string, role: string): void {
    if (group === '' || this.#members.has(uid)) return;
    let roles = this.#byGroup.get(group);
    if (roles === undefined) this.#byGroup.set(group, (roles = new Map()));
    let members = roles.get(role);
    if (members === undefined) roles.set(role, (members = { group, role, count: 0 }));
    members.count += 1;
    this.#members.set(uid, members);
  }

  remove(uid: string): void {
    const members = this.#members.get(uid);
    if (members === undefined) return;
    this.#members.delete(uid);
    members.count -= 1;
    if (members.count > 0) return;
    const roles = this.#byGroup.get(members.group);
    roles?.delete(members.role);
    if (roles?.size === 0) this.#byGroup.delete(members.group);
  }

  has(uid: string): boolean {
    return this.#members.has(uid);
  }

  /** O(roles). */
  size(group: string): number {
    let size = 0;
    for (const { count } of this.#byGroup.get(group)?.values() ?? []) size += count;
    return size;
  }

  /**
   * What the group lacks to be whole, without some of its members and with `more` of these roles; undefined when nothing
   * is. O(roles + pods named).
   */
  missing(
    group: PodGroupRecord,
    without: ReadonlySet<string> = NOBODY,
    more: readonly string[] = [],
  ): string | undefined {
    const { key } = group;
    const left = [...without].flatMap((uid) => this.#members.get(uid) ?? []).filter((members) => members.group === key);
    const total = this.size(key) - left.length + more.length;
    if (total < group.minMember) return `${total} of ${group.minMember} members of ${key}`;
    for (const [role, min] of roleMinima(group)) {
      const gone = left.filter((members) => members.role === role).length;
      const added = more.filter((other) => other === role).length;
      const count = (this.#byGroup.get(key)?.get(role)?.count ?? 0) - gone + added;
      if (count < min) return `${count} of ${min} members of task ${role} of ${key}`;
    }
    return undefined;
  }
}

const NOBODY: ReadonlySet<string> = new Set();

/** Roles or parts of the group have minima of their own. */
export function hasParts(group: PodGroupRecord): boolean {
  return group.subGroups.length > 0 || roleMinima(group).size > 0;
}

/** Role minima hold only when minMember covers their sum, as in Volcano. */
function roleMinima({ minMember, minTaskMember }: PodGroupRecord): ReadonlyMap<string, number> {
  let sum = 0;
  for (const min of minTaskMember.values()) sum += min;
  return sum <= minMember ? minTaskMember : NO_MINIMA;
}

const NO_MINIMA: ReadonlyMap<string, number> = new Map();

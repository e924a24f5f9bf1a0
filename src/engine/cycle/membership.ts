import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';

/** The group and role that a pod counts for. */
interface Member {
  readonly group: string;
  readonly role: string;
}

/**
 * Who counts as a member of which group: pods that hold a node or a reservation and are there to stay, and pods that
 * have succeeded on one. A pod that counts once counts for the same group and role until it does not count any more.
 */
export class Membership {
  readonly #members = new Map<string, Member>();
  readonly #byGroup = new Map<string, Map<string, Member>>();

  /** The pod counts for the group from now on; nothing when it counts already, or when the group is empty. */
  add(uid: string, group: string, role: string): void {
    if (group === '' || this.#members.has(uid)) return;
    const member = { group, role };
    this.#members.set(uid, member);
    let pods = this.#byGroup.get(group);
    if (pods === undefined) this.#byGroup.set(group, (pods = new Map()));
    pods.set(uid, member);
  }

  remove(uid: string): void {
    const member = this.#members.get(uid);
    if (member === undefined) return;
    this.#members.delete(uid);
    const pods = this.#byGroup.get(member.group);
    pods?.delete(uid);
    if (pods?.size === 0) this.#byGroup.delete(member.group);
  }

  /** O(1). */
  size(group: string): number {
    return this.#byGroup.get(group)?.size ?? 0;
  }

  /**
   * What the group lacks to be whole, without some of its members and with `more` of these roles; undefined when nothing
   * is. O(members) for each role that has a minimum.
   */
  missing(
    group: PodGroupRecord,
    without: ReadonlySet<string> = NOBODY,
    more: readonly string[] = [],
  ): string | undefined {
    const total = this.#count(group.key, without, () => true) + more.length;
    if (total < group.minMember) return `${total} of ${group.minMember} members of ${group.key}`;
    for (const [role, min] of roleMinima(group)) {
      const isOfRole = (other: string): boolean => other === role;
      const count = this.#count(group.key, without, isOfRole) + more.filter(isOfRole).length;
      if (count < min) return `${count} of ${min} members of task ${role} of ${group.key}`;
    }
    return undefined;
  }

  #count(group: string, without: ReadonlySet<string>, fits: (role: string) => boolean): number {
    let count = 0;
    for (const [uid, { role }] of this.#byGroup.get(group) ?? []) if (!without.has(uid) && fits(role)) count += 1;
    return count;
  }
}

const NOBODY: ReadonlySet<string> = new Set();

/** Role minima hold only when minMember covers their sum, as in Volcano. */
export function roleMinima({ minMember, minTaskMember }: PodGroupRecord): ReadonlyMap<string, number> {
  let sum = 0;
  for (const min of minTaskMember.values()) sum += min;
  return sum <= minMember ? minTaskMember : NO_MINIMA;
}

const NO_MINIMA: ReadonlyMap<string, number> = new Map();

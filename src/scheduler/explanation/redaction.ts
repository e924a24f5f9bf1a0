import type { Explanation, GroupHolding } from './explanation.ts';

/** In the place of a name that the asker may not read. */
export const OTHER_NAMESPACE = '(another namespace)';

/**
 * The explanation without names of groups and pods of namespaces that are not among these: of them only sums are left. Queues
 * are named always: they are of the whole cluster. Messages stay, for they name the two largest holders of the queue at most,
 * as the group's condition does.
 */
export function withoutOthers(explanation: Explanation, namespaces: ReadonlySet<string>): Explanation {
  const { room, line, reservation, promised } = explanation;
  const isOpen = (key: string): boolean => namespaces.has(key.slice(0, key.indexOf('/')));
  const named = (key: string): string => (isOpen(key) ? key : OTHER_NAMESPACE);
  return {
    ...explanation,
    room: room && withoutGroups(room, ({ group }) => isOpen(group)),
    line: line && { ...line, before: line.before.map(named) },
    reservation: reservation && { ...reservation, group: named(reservation.group) },
    promised: promised.map((each) => ({ ...each, leaving: each.leaving.map(named) })),
  };
}

function withoutGroups(
  room: NonNullable<Explanation['room']>,
  isOpen: (holding: GroupHolding) => boolean,
): NonNullable<Explanation['room']> {
  const groups = room.groups.filter(isOpen);
  return { ...room, groups, others: room.others + room.groups.length - groups.length };
}

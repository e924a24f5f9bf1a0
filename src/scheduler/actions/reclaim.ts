import type { Session } from '../session/session.ts';
import { evictFor, isStarving } from './evict-for.ts';
import { GANG_RECLAIM, RECLAIM } from './victim-rule.ts';

/** Queues take back what they deserve from queues that hold more than they do: for gangs that wait, and pod by pod for others. */
export function reclaim(session: Session): void {
  evictFor(session, RECLAIM, () => true);
}

/** The same for groups that cannot start, from whole gangs as well. */
export function gangreclaim(session: Session): void {
  evictFor(session, GANG_RECLAIM, isStarving(session));
}

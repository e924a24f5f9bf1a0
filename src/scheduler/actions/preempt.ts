import type { Session } from '../session/session.ts';
import { evictFor, isStarving } from './evict-for.ts';
import { GANG_PREEMPT, PREEMPT } from './victim-rule.ts';

/** Groups that cannot start take room from others of their queue; who has to go for whom is for the plugins' votes. */
export function preempt(session: Session): void {
  evictFor(session, PREEMPT, isStarving(session));
}

/** The same from groups of lower priority, whole gangs as well: asks the votes that look at gangs. */
export function gangpreempt(session: Session): void {
  evictFor(session, GANG_PREEMPT, isStarving(session));
}

import { seconds } from './argument-forms.ts';
import type { ArgumentRule } from './argument-rule.ts';
import type { ActionName, VoteCount } from './policy.ts';

/** Planned starts in a cycle; each costs a search. */
const MOST_PLANS = 1000;

function votes(fallback: VoteCount): readonly ArgumentRule[] {
  const values: readonly VoteCount[] = ['all', 'tiers', 'volcano'];
  return [
    { key: 'votes', type: 'choice', values, fallback, meaning: 'How the votes on who may be evicted are counted.' },
  ];
}

/** What each action takes, under `configurations`. */
export const ACTION_ARGUMENTS: Readonly<Record<ActionName, readonly ArgumentRule[]>> = {
  enqueue: [],
  allocate: [
    seconds('reserveAfterSeconds', 300, 'How long a group may lack room before room is kept for it; 0 for ever.'),
    seconds('reserveForSeconds', 600, 'How long room is kept for a group before others get their turn.'),
    {
      key: 'plannedStarts',
      type: 'number',
      min: 0,
      max: MOST_PLANS,
      fallback: '0',
      meaning: 'How many groups that lack room get a planned start, which those after them may not delay; 0: none.',
    },
    seconds('planWithinSeconds', 86_400, 'A start is planned only if it lies within this time.'),
  ],
  backfill: [],
  preempt: votes('tiers'),
  reclaim: votes('all'),
  gangpreempt: votes('tiers'),
  gangreclaim: votes('all'),
  shuffle: [],
};

import { always, seconds } from './argument-forms.ts';
import type { ArgumentRule } from './argument-rule.ts';
import type { ActionName, VoteCount } from './policy.ts';

/** Planned starts in a cycle; each costs a search. */
const MOST_PLANS = 1000;
/** Each costs a plan of its own. */
const MOST_DOMAINS = 1000;

function votes(fallback: VoteCount): readonly ArgumentRule[] {
  const values: readonly VoteCount[] = ['all', 'tiers', 'volcano'];
  return [
    { key: 'votes', type: 'choice', values, fallback, meaning: 'How the votes on who may be evicted are counted.' },
  ];
}

const KEPT_IN_MIND = always('predicateErrorCacheEnable', 'What nodes refused is kept in mind while nothing changes.');

/** Of the actions that let gangs go as a whole. */
function gangs(fallback: VoteCount): readonly ArgumentRule[] {
  return [
    ...votes(fallback),
    {
      key: 'maxDomains',
      type: 'number',
      min: 1,
      max: MOST_DOMAINS,
      fallback: '8',
      meaning: 'How many parts of the network are tried for a group whose pods have to be near each other.',
    },
    {
      key: 'allowWholeBundle',
      type: 'bool',
      fallback: 'true',
      meaning: 'Gangs go as a whole where their members beyond the minimum are too few. Without it no gang is broken.',
    },
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
    KEPT_IN_MIND,
  ],
  backfill: [KEPT_IN_MIND],
  preempt: [
    ...votes('tiers'),
    always(
      'enableTopologyAwarePreemption',
      "Each node is looked at with all rules of places, and whose pods go is decided in kube-scheduler's order.",
    ),
    KEPT_IN_MIND,
  ],
  reclaim: [...votes('all'), KEPT_IN_MIND],
  gangpreempt: gangs('tiers'),
  gangreclaim: gangs('all'),
  shuffle: [],
};

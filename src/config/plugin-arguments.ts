import type { ArgumentRule } from './argument-rule.ts';
import type { ActionName, PluginName, VoteCount } from './policy.ts';

/** Far above any sensible weight: sums of scores stay exact below it. */
const MOST_WEIGHT = 1_000_000;

function weight(key: string, fallback: number, meaning: string): ArgumentRule {
  return { key, type: 'number', min: 0, max: MOST_WEIGHT, fallback: String(fallback), meaning };
}

function votes(fallback: VoteCount): readonly ArgumentRule[] {
  const values: readonly VoteCount[] = ['all', 'tiers', 'volcano'];
  return [
    { key: 'votes', type: 'choice', values, fallback, meaning: 'How the votes on who may be evicted are counted.' },
  ];
}

/** What each plugin takes. Whatever is not named here is refused: it would do nothing. */
export const PLUGIN_ARGUMENTS: Readonly<Record<PluginName, readonly ArgumentRule[]>> = {
  binpack: [
    weight('binpack.weight', 1, 'Weight of the whole score.'),
    weight('binpack.cpu', 1, 'Weight of CPU in it.'),
    weight('binpack.memory', 1, 'Weight of memory in it.'),
    {
      key: 'binpack.resources',
      type: 'text',
      fallback: 'none',
      meaning: 'Other resources that count, separated by commas.',
    },
    { ...weight('binpack.resources.<resource>', 1, 'Weight of one of them.'), listedIn: 'binpack.resources' },
  ],
  conformance: [],
  drf: [],
  gang: [],
  nodeorder: [
    weight('nodeaffinity.weight', 2, 'Weight of preferred node affinity.'),
    weight('tainttoleration.weight', 3, 'Weight of taints that are only to be avoided.'),
    weight('leastrequested.weight', 1, 'Weight of emptier nodes.'),
    weight('mostrequested.weight', 0, 'Weight of fuller nodes.'),
    weight('balancedresource.weight', 1, 'Weight of nodes whose CPU and memory are used alike.'),
  ],
  predicates: [],
  priority: [],
  proportion: [],
};

/** What each action takes, under `configurations`. */
export const ACTION_ARGUMENTS: Readonly<Record<ActionName, readonly ArgumentRule[]>> = {
  enqueue: [],
  allocate: [],
  backfill: [],
  preempt: votes('tiers'),
  reclaim: votes('all'),
  gangpreempt: votes('tiers'),
  gangreclaim: votes('all'),
  shuffle: [],
};

import { MOST_WEIGHT, weight } from './argument-forms.ts';
import type { ArgumentRule } from './argument-rule.ts';

const RESOURCES = 'hypernode.binpack.resources';

/** What the plugin `network-topology-aware` takes. */
export const NETWORK_ARGUMENTS: readonly ArgumentRule[] = [
  weight(
    'weight',
    1,
    'Above 0: groups that only wish to be near each other (`mode: soft`) are placed so where they can be. Weight of the score of ordinary pods as well.',
  ),
  weight(
    'hypernode.binpack.cpu',
    1,
    'With one of these arguments, of the parts of the network of one tier the one comes first that would be fullest: weight of CPU in that. Without any it is the one with the least room.',
  ),
  weight('hypernode.binpack.memory', 1, 'Weight of memory in it.'),
  { key: RESOURCES, type: 'text', fallback: 'none', meaning: 'Other resources that count, separated by commas.' },
  { ...weight(`${RESOURCES}.<resource>`, 1, 'Weight of one of them.'), listedIn: RESOURCES },
  {
    key: 'hypernode.binpack.normal-pod.enable',
    type: 'bool',
    fallback: 'true with another argument of `hypernode.binpack`, else false. Volcano: true',
    meaning: 'Pods that need not be near others prefer nodes in fuller parts of the network.',
  },
  {
    key: 'hypernode.binpack.normal-pod.fading',
    type: 'number',
    min: 0,
    max: MOST_WEIGHT,
    fallback: '0.8',
    meaning: 'What each tier counts of the one below it in that; 0: only tier 1 counts.',
  },
  {
    key: 'hypernode.gradient.evict.max-hypernodes',
    type: 'number',
    min: 1,
    max: 1000,
    fallback: '8',
    meaning:
      'How many parts of the network are tried where pods could go for a group whose pods have to be near each other.',
  },
];

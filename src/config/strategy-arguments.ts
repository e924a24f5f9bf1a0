import { weight } from './argument-forms.ts';
import type { ArgumentRule } from './argument-rule.ts';

const SRA = 'sra.resources';
const PROPORTIONAL = 'proportional.resources';

/** What the plugin `resource-strategy-fit` takes. */
export const STRATEGY_ARGUMENTS: readonly ArgumentRule[] = [
  weight('resourceStrategyFitWeight', 10, 'Weight of the whole score.'),
  {
    key: 'resources.<resource>.type',
    type: 'choice',
    values: ['LeastAllocated', 'MostAllocated'],
    fallback: 'LeastAllocated',
    meaning: 'Whether emptier or fuller nodes are better. In the file `resources` is a map of maps.',
  },
  weight('resources.<resource>.weight', 1, 'Weight of the resource in it.'),
  {
    key: 'sra.enable',
    type: 'bool',
    fallback: 'false',
    meaning:
      'Nodes that offer fewer of the scarce resources are better, so that these stay free for whom asks for them. In the file `sra` is a map.',
  },
  { key: SRA, type: 'text', fallback: 'none', meaning: 'The scarce resources, separated by commas.' },
  weight('sra.weight', 1, 'Weight of that score, which is from 0 to 100.'),
  { ...weight('sra.resourceWeight.<resource>', 1, 'Weight of one of them in it.'), listedIn: SRA },
  {
    key: 'proportional.enable',
    type: 'bool',
    fallback: 'false',
    meaning:
      'Nodes keep CPU and memory for their free cards: pods that ask for none of these cards leave so much. In the file `proportional` is a map.',
  },
  {
    key: PROPORTIONAL,
    type: 'text',
    fallback: 'none',
    meaning: 'The cards, by their resources, separated by commas.',
  },
  {
    ...weight(
      'proportional.resourceProportion.<resource>.cpu',
      1,
      'CPUs that a node keeps for each of them that is free.',
    ),
    listedIn: PROPORTIONAL,
  },
  {
    ...weight('proportional.resourceProportion.<resource>.memory', 1, 'The same for memory, in units of 10^9 bytes.'),
    listedIn: PROPORTIONAL,
  },
];

import { AMOUNT, MOST_WEIGHT, percent, weight } from './argument-forms.ts';
import type { ArgumentRule } from './argument-rule.ts';

/** What the plugin `usage` takes. */
export const USAGE_ARGUMENTS: readonly ArgumentRule[] = [
  weight('usage.weight', 5, 'Weight of the whole score.'),
  weight('cpu.weight', 1, 'Weight of CPU in it.'),
  weight('memory.weight', 1, 'Weight of memory in it.'),
  percent('thresholds.cpu', 80, 'Nodes with more of their CPU in use get no pods. In the file `thresholds` is a map.'),
  percent('thresholds.mem', 80, 'The same for memory.'),
  {
    key: 'estimator.request_ratio',
    type: 'number',
    min: 0,
    max: 1,
    fallback: '0.7',
    meaning:
      'So much of its requests a pod is thought to use that no measurement shows yet. In the file `estimator` is a map.',
  },
  {
    key: 'estimator.risk_threshold',
    type: 'number',
    min: 0,
    max: 1,
    fallback: '0.6',
    meaning: 'From so busy on a node is thought to be busier than estimated.',
  },
  {
    key: 'estimator.risk_factor',
    type: 'number',
    min: 1,
    max: MOST_WEIGHT,
    fallback: '1.2',
    meaning: 'So many times what was estimated counts then.',
  },
  {
    key: 'estimator.be_cpu',
    type: 'text',
    form: AMOUNT,
    fallback: '250m',
    meaning: 'CPU of a pod that asks for nothing.',
  },
  {
    key: 'estimator.be_mem',
    type: 'text',
    form: AMOUNT,
    fallback: '200Mi',
    meaning: 'Memory of a pod that asks for nothing.',
  },
];

import { BRIEF, VERB } from './argument-forms.ts';
import { PLAIN_URL } from './argument-rule.ts';
import type { ArgumentRule } from './argument-rule.ts';

/** What the plugin `extender` takes. */
export const EXTENDER_ARGUMENTS: readonly ArgumentRule[] = [
  {
    key: 'extender.urlPrefix',
    type: 'text',
    form: PLAIN_URL,
    fallback: 'none',
    meaning: 'Where the program answers.',
  },
  {
    key: 'extender.httpTimeout',
    type: 'text',
    form: BRIEF,
    fallback: '1s',
    meaning: 'How long one answer may take.',
  },
  {
    key: 'extender.jobEnqueueableVerb',
    type: 'text',
    form: VERB,
    fallback: 'none',
    meaning: 'Path behind the prefix where it is asked whether a group comes in; not asked without.',
  },
  {
    key: 'extender.queueOverusedVerb',
    type: 'text',
    form: VERB,
    fallback: 'none',
    meaning: 'The same for whether a queue gets nothing more.',
  },
  {
    key: 'extender.predicateVerb',
    type: 'text',
    form: VERB,
    fallback: 'none',
    meaning: 'The same for whether a node takes a pod.',
  },
  {
    key: 'extender.prioritizeVerb',
    type: 'text',
    form: VERB,
    fallback: 'none',
    meaning: 'The same for how well nodes suit a pod.',
  },
  {
    key: 'extender.preemptableVerb',
    type: 'text',
    form: VERB,
    fallback: 'none',
    meaning: 'The same for which pods of its queue may go for a pod (`preempt`).',
  },
  {
    key: 'extender.reclaimableVerb',
    type: 'text',
    form: VERB,
    fallback: 'none',
    meaning: 'The same for which pods of other queues may go for a pod (`reclaim`).',
  },
  {
    key: 'extender.managedResources',
    type: 'text',
    fallback: 'all',
    meaning:
      'About nodes and victims it is asked only for pods that ask for one of these. A list, or separated by commas.',
  },
  {
    key: 'extender.answersByClass',
    type: 'bool',
    fallback: 'false',
    meaning:
      'What it says of nodes hangs on what a pod asks for and on what a node is, not on what stands there: it is asked once for all pods that ask for the same. Not one of Volcano.',
  },
  {
    key: 'extender.ignorable',
    type: 'bool',
    fallback: 'false',
    meaning: 'A failure leaves what was asked about to other plugins.',
  },
];

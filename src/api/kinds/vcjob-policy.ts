import { POLICY_ACTIONS, POLICY_EVENTS } from '../vcjob-policies.ts';
import { Fields, Int32, List, Optional, Text } from './schema-helper.ts';

const EVENTS = POLICY_EVENTS.join(', ');

const policy = Fields(
  {
    action: Optional(Text(`What is done: ${POLICY_ACTIONS.join(', ')}.`)),
    event: Optional(Text(`What it is done for: ${EVENTS}; * is any of them.`)),
    events: Optional(List(Text('One event.'), 'Several events at once.', { maxItems: 64 })),
    exitCode: Optional(
      Int32('The same for pods whose first container ends with this code. Not 0, and not with events.'),
    ),
    timeout: Optional(
      Text('How long after the event it is done, such as 10m; not at all when the pod is fine again by then.', {
        maxLength: 64,
      }),
    ),
  },
  'One action, and what it is done for.',
);

/** The policies of a job or of a task. */
export function vcjobPolicies(whose: string) {
  return List(policy, `What becomes of the job when something happens to pods ${whose}.`, { maxItems: 256 });
}

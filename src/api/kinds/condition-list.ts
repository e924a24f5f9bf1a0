import Type from 'typebox';
import { Enum, Fields, List, Optional, Text, Timestamp } from './schema-helper.ts';

const condition = Fields(
  {
    type: Text('What is told.', {
      maxLength: 316,
      pattern: String.raw`^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$`,
    }),
    status: Enum(['True', 'False', 'Unknown'], 'Whether it is so.'),
    reason: Text('Code that says why.', {
      minLength: 1,
      maxLength: 1024,
      pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
    }),
    message: Text('A sentence that says why; may be empty.', { maxLength: 32_768 }),
    lastTransitionTime: Timestamp('When the condition took this status.'),
    observedGeneration: Optional(
      Type.Integer({ description: 'Generation of the object that it is about.', minimum: 0 }),
    ),
  },
  'One thing that is known.',
);

/** Kubernetes' own form of conditions. */
export function conditionList(description: string, options = {}) {
  return List(condition, description, { maxItems: 64, ...options });
}

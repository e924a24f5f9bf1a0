import { SUBMITTER_ANNOTATION, SUBMITTER_SIGNATURE_ANNOTATION } from '../../src/api/keys.ts';
import { anyChanged } from '../cel.ts';
import type { MetadataKey } from '../cel.ts';
import { SPEC_CHANGED } from '../conditions.ts';
import type { Condition } from '../conditions.ts';

/** What tells whose an object is. */
export const SUBMITTER_KEYS: readonly MetadataKey[] = [
  ['annotations', SUBMITTER_ANNOTATION],
  ['annotations', SUBMITTER_SIGNATURE_ANNOTATION],
];

/** Told when it is made; whoever writes there later is undone. */
export const NEW_OR_SUBMITTER_CHANGED: Condition = {
  name: 'new-or-submitter-changed',
  expression: `request.operation != "UPDATE" || ${anyChanged(SUBMITTER_KEYS)}`,
};

export const SPEC_OR_SUBMITTER_CHANGED: Condition = {
  name: 'spec-or-submitter-changed',
  expression: `${SPEC_CHANGED.expression} || ${anyChanged(SUBMITTER_KEYS)}`,
};

import { BIND_PLAN_ANNOTATION, GROUP_ORIGIN_ANNOTATION, ROOT_STATE_ANNOTATION } from '../../src/api/keys.ts';
import { anyChanged, textOf } from '../cel.ts';
import type { MetadataKey } from '../cel.ts';
import { SPEC_CHANGED } from '../conditions.ts';
import type { Condition } from '../conditions.ts';
import { SUBMITTER_KEYS } from '../submitted/conditions.ts';

/** What Sluice alone writes on a group: what it was made for, whose that is, whether it still wants its pods, and where they go. */
export const OWN_KEYS: readonly MetadataKey[] = [
  ['annotations', GROUP_ORIGIN_ANNOTATION],
  ['annotations', ROOT_STATE_ANNOTATION],
  // Who leads next binds by it.
  ['annotations', BIND_PLAN_ANNOTATION],
  ...SUBMITTER_KEYS,
];

/** Groups that Sluice makes name their queue; what only Sluice may write comes with a copied one. */
export const HAS_NO_QUEUE_OR_OWN_KEYS: Condition = {
  name: 'has-no-queue-or-keys-of-ours',
  expression: [
    '!has(object.spec) || !has(object.spec.queue) || object.spec.queue == ""',
    ...OWN_KEYS.map((key) => `${textOf('object', key)} != ""`),
  ].join(' || '),
};

/** Our own writes to a group's metadata (bind plans) are by far the most updates: a condition on the user keeps them out. */
export const SPEC_OR_OWN_KEYS_CHANGED: Condition = {
  name: 'spec-or-keys-of-ours-changed',
  expression: `${SPEC_CHANGED.expression} || ${anyChanged(OWN_KEYS)}`,
};

import { POLICIES_ENABLED, POLICIES_LABEL } from '../../src/api/keys.ts';
import { anyChanged, changed, textOf } from '../cel.ts';
import type { MetadataKey } from '../cel.ts';
import type { Condition } from '../conditions.ts';

const LABEL: MetadataKey = ['labels', POLICIES_LABEL];

/** Of all writes to ConfigMaps, those of policies. */
export const HOLDS_POLICIES: Condition = {
  name: 'holds-policies',
  expression: `${textOf('object', LABEL)} == ${JSON.stringify(POLICIES_ENABLED)}`,
};

/** Leaders are elected by annotations of ConfigMaps at times. */
export const POLICIES_CHANGED: Condition = {
  name: 'policies-may-have-changed',
  expression: `request.operation != "UPDATE" || ${changed('data')} || ${changed('binaryData')} || ${anyChanged([LABEL])}`,
};

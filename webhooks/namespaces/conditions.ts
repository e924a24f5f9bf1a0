import { ADMISSION_ENABLED, ADMISSION_LABEL, QUEUE_NAME_ANNOTATION } from '../../src/api/keys.ts';
import { anyChanged, textOf } from '../cel.ts';
import type { MetadataKey } from '../cel.ts';
import type { Condition } from '../conditions.ts';

const QUEUE: MetadataKey = ['annotations', QUEUE_NAME_ANNOTATION];

const LABEL: MetadataKey = ['labels', ADMISSION_LABEL];

const IS_NEWS = `${textOf('object', QUEUE)} != "" || !(${textOf('object', LABEL)} in ["", "${ADMISSION_ENABLED}"])`;

/** Of all writes to namespaces, those that say whether and where its work is queued. */
export const OPT_IN_OR_QUEUE_CHANGED: Condition = {
  name: 'opt-in-or-queue-changed',
  expression: `request.operation == "UPDATE" ? (${anyChanged([LABEL, QUEUE])}) : (${IS_NEWS})`,
};

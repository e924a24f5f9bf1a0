import { GROUP_PLAN_ANNOTATION, POLICY_MIN_MEMBER_ANNOTATION } from '../../src/api/keys.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { anyChanged } from '../cel.ts';
import type { MetadataKey } from '../cel.ts';
import type { Condition } from '../conditions.ts';
import { forbid, UNCHANGED } from '../verdict.ts';

const OWN_KEYS: readonly MetadataKey[] = [
  ['annotations', GROUP_PLAN_ANNOTATION],
  ['annotations', POLICY_MIN_MEMBER_ANNOTATION],
];

/** Controllers write statuses all the time, and none of this. */
export const OWN_KEYS_OF_JOB_CHANGED: Condition = { name: 'keys-of-ours-changed', expression: anyChanged(OWN_KEYS) };

/** The status of a Job: the API server takes the metadata that come with it, and a plan is Sluice's to write. */
export function validateJobStatus({ object, oldObject, username }: AdmissionRequest, view: ClusterView): Verdict {
  if (object === undefined || oldObject === undefined || view.isOwn(username)) return UNCHANGED;
  const errors = OWN_KEYS.flatMap(([map, key]) => {
    const [now, before] = [object, oldObject].map((one) => stringAt(one, ['metadata', map, key]));
    const path = keyPath(`metadata.${map}`, key);
    return now === before ? [] : [fieldError(path, 'FieldValueForbidden', now, 'only Sluice may write it')];
  });
  return errors.length === 0 ? UNCHANGED : forbid('FixedMembership', ...errors);
}

import { MAX_UNAVAILABLE_ANNOTATION, MIN_AVAILABLE_ANNOTATION } from '../../src/api/keys.ts';
import { PODS } from '../../src/api/resources.ts';
import { textOf } from '../cel.ts';
import { NOT_FROM_A_NODE } from '../conditions.ts';
import type { Condition } from '../conditions.ts';
import { POD_IS_SERVED } from '../pods/conditions.ts';
import { admissionRow } from '../row.ts';
import type { AdmissionRow } from '../row.ts';
import { validateNewPod } from './disruption-annotations.ts';
import { mutateByResourceGroup } from './resource-groups.ts';

const SAYS_WHAT_MAY_GO: Condition = {
  name: 'has-one-of-the-annotations',
  expression: [MIN_AVAILABLE_ANNOTATION, MAX_UNAVAILABLE_ANNOTATION]
    .map((key) => `${textOf('object', ['annotations', key])} != ""`)
    .join(' || '),
};

/**
 * What only Volcano's admission does, for compatibility mode alone. The first one is sent the new pods of all namespaces, and
 * they do not wait for us: who is not given nodes and a scheduler is better off than who is not created.
 */
export const VOLCANO_ROWS: readonly AdmissionRow[] = Object.freeze([
  admissionRow({
    id: 'mutate-pods-by-resource-group',
    phase: 'mutate',
    type: PODS,
    operations: ['CREATE'],
    selector: 'everywhere',
    when: [NOT_FROM_A_NODE],
    failureMode: 'allow',
    admit: mutateByResourceGroup,
  }),
  admissionRow({
    id: 'validate-new-pods',
    phase: 'validate',
    type: PODS,
    operations: ['CREATE'],
    selector: 'everywhere',
    when: [POD_IS_SERVED, SAYS_WHAT_MAY_GO],
    admit: validateNewPod,
  }),
]);

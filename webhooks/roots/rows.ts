import { DATASETS, POD_GROUPS, qualifiedName, QUEUES } from '../../src/api/resources.ts';
import { NOT_FROM_A_NODE, NOT_ON_ITS_WAY_OUT, WORK_CHANGED } from '../conditions.ts';
import type { VersionedKind } from '../frameworks/versioned-kind.ts';
import { POLICY_READS } from '../policies/reads.ts';
import { admissionRow } from '../row.ts';
import type { AdmissionRow } from '../row.ts';
import { rootSealer, rootSealRights } from '../seal/roots.ts';
import { askController } from './ask-controller.ts';
import { rootMutator } from './mutate.ts';
import { rootRights } from './rights.ts';

const ROOT_ROW = {
  operations: ['CREATE', 'UPDATE'],
  when: [NOT_FROM_A_NODE, NOT_ON_ITS_WAY_OUT, WORK_CHANGED],
  failureMode: 'allow',
  reads: [QUEUES, POD_GROUPS, DATASETS, ...POLICY_READS],
  ask: askController,
} as const;

/**
 * The rows of workload kinds. Nothing waits for them when Sluice is down: an object that came past them is planned from the
 * first of its pods.
 */
export function workloadRows(kinds: readonly VersionedKind[]): readonly AdmissionRow[] {
  return kinds.flatMap(({ type, spec }) => {
    const name = `${type.version}-${qualifiedName(type)}`;
    return [
      admissionRow({
        ...ROOT_ROW,
        id: `mutate-roots-${name}`,
        entry: 'mutate-roots',
        phase: 'mutate',
        type,
        rights: rootRights(spec),
        admit: rootMutator(spec),
      }),
      admissionRow({
        ...ROOT_ROW,
        id: `seal-roots-${name}`,
        entry: 'seal-roots',
        phase: 'validate',
        type,
        rights: rootSealRights(spec),
        admit: rootSealer(spec),
      }),
    ];
  });
}

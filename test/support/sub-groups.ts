import type { PodGroupRecord } from '../../src/api/records/pod-group-record.ts';
import type { PodRecord } from '../../src/api/records/pod-record.ts';
import type { SubGroupPolicyRecord } from '../../src/api/records/sub-group-policy.ts';
import { makePod, makeShape } from './records.ts';
import { amounts } from './scheduler-world.ts';
import type { SchedulerWorld } from './scheduler-world.ts';

/** Of the pods: their part, and with which policy they go. */
export const PART_LABEL = 'part';

/** Parts of `size` pods by the label `part`, of the pods that have it. */
export function partsOf(
  size: number,
  minSubGroups: number,
  overrides: Partial<SubGroupPolicyRecord> = {},
): SubGroupPolicyRecord {
  const selector = [{ key: PART_LABEL, operator: 'Exists' as const, values: [] }];
  return {
    name: 'worker',
    selector,
    matchLabelKeys: [PART_LABEL],
    size,
    minSubGroups,
    network: undefined,
    ...overrides,
  };
}

/** A group with pods `<group>-<part>-<n>` of one CPU, by the number of pods that each part has. */
export function splitGroup(
  on: SchedulerWorld,
  name: string,
  parts: Readonly<Record<string, number>>,
  overrides: Partial<PodGroupRecord>,
  pods: Partial<PodRecord> = {},
): void {
  on.group(name, overrides.minMember ?? 0, overrides);
  for (const [part, count] of Object.entries(parts)) {
    for (let n = 0; n < count; n += 1) {
      on.snapshot.upsertTask(
        makePod(`${name}-${part}-${n}`, name, pods.shape ?? makeShape(amounts(1)), {
          labels: [PART_LABEL, part],
          ...pods,
        }),
      );
    }
  }
}

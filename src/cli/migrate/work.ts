import { stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { overRead, well } from '../doctor/finding.ts';
import type { Finding } from '../doctor/finding.ts';
import type { MigrationFacts } from './facts.ts';

/** How much there is that goes on under Sluice. */
export function workFindings(
  schedulers: readonly string[],
  { queues, groups, jobs, pods }: Pick<MigrationFacts, 'queues' | 'groups' | 'jobs' | 'pods'>,
): readonly Finding[] {
  return [
    ...overRead('work', queues, (all) => [well('work', `${all.length} queues`)]),
    ...overRead('work', groups, (all) => [well('work', `${all.length} groups${counted(all, ['status', 'phase'])}`)]),
    ...overRead('work', jobs, (all) => [
      well('work', `${all.length} Jobs of Volcano${counted(all, ['status', 'state', 'phase'])}`),
    ]),
    ...overRead('work', pods, (all) => {
      const theirs = all.filter(
        (one) => schedulers.includes(stringAt(one, ['spec', 'schedulerName'])) && !hasEnded(one),
      );
      return [well('work', `${theirs.length} pods of ${schedulers.join(', ')}${counted(theirs, ['status', 'phase'])}`)];
    }),
  ];
}

function hasEnded(pod: JsonObject): boolean {
  return ['Succeeded', 'Failed'].includes(stringAt(pod, ['status', 'phase']));
}

/** ` (2 Pending, 3 Running)`; nothing for no objects. */
function counted(objects: readonly JsonObject[], path: readonly string[]): string {
  const byPhase = Map.groupBy(objects, (one) => stringAt(one, path) || 'without a phase');
  const parts = [...byPhase].map(([phase, members]) => `${members.length} ${phase}`).toSorted();
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

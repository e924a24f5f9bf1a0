import type { Framework } from '../framework/framework.ts';
import type { Job } from '../model/job.ts';
import type { SubGroup } from '../model/sub-group.ts';
import type { NearFit } from './explanation.ts';
import type { PendingKind } from './pending-kinds.ts';

/** What domains of the network have for the job, and for those parts of it that wait. */
export function nearFits(framework: Framework, job: Job, kinds: readonly PendingKind[]): readonly NearFit[] {
  if (!job.isNear || kinds.length === 0) return [];
  const parts = new Set(kinds.flatMap(({ task }) => task.subGroup ?? []));
  return [fitOf(framework, job), ...[...parts].map((part) => fitOf(framework, job, part))].flat();
}

function fitOf(framework: Framework, job: Job, part?: SubGroup): readonly NearFit[] {
  const search = framework.domains(job, part);
  if (search === undefined) return [];
  return [{ part: part === undefined ? '' : part.kind.policy.name, needed: search.need, tiers: search.account() }];
}

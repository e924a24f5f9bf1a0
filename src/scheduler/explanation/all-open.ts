import type { Framework } from '../framework/framework.ts';
import type { Job } from '../model/job.ts';
import type { PendingKind } from './pending-kinds.ts';

/** Lets pods that have to be near each other see all nodes meanwhile: no domain is open to them outside of their job's turn. */
export function withAllOpen<T>(framework: Framework, job: Job, kinds: readonly PendingKind[], act: () => T): T {
  if (!job.isNear) return act();
  const parts = new Set(kinds.flatMap(({ task }) => task.subGroup ?? []));
  const searches = [framework.domains(job), ...[...parts].map((part) => framework.domains(job, part))];
  for (const search of searches) search?.open(search.whole);
  const answer = act();
  for (const search of searches) search?.open(undefined);
  return answer;
}

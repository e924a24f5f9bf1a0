import { eventFingerprint } from '../effect.ts';
import type { Refusal } from '../effect.ts';
import type { JobLook } from './job-look.ts';

/** As much of an answer of the API server as is kept on objects. */
const REFUSAL_LENGTH = 1000;

/** What the API server said last when it refused such a write; whoever took over was told nothing yet, and reads it off the status. */
export function lastRefusal({ job, reported }: Pick<JobLook, 'job' | 'reported'>, { reason, start }: Refusal): string {
  const known = eventFingerprint({ reason, note: start });
  const told = [...reported].findLast((fingerprint) => fingerprint.startsWith(known))?.slice(known.length);
  return (told ?? job.status.state?.message ?? '').slice(0, REFUSAL_LENGTH);
}

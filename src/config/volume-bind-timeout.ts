import type { SchedulerPolicy } from './policy.ts';

const DEFAULT_SECONDS = 600;

/** How long a place is held while its claims are being bound, in milliseconds (`volumebinding.bindTimeoutSeconds` of predicates). */
export function volumeBindTimeoutMs({ tiers }: Pick<SchedulerPolicy, 'tiers'>): number {
  const predicates = tiers.flat().find(({ name }) => name === 'predicates');
  const seconds = Number(predicates?.arguments.get('volumebinding.bindTimeoutSeconds') ?? DEFAULT_SECONDS);
  return 1000 * (Number.isFinite(seconds) ? seconds : DEFAULT_SECONDS);
}

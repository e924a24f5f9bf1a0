import { arrayAt, member } from '../../lib/json.ts';
import { cardTroubles } from '../cards/card-wish.ts';
import { objects } from './metadata.ts';

/** What a pod spec needs of its place that the scheduler does not look at yet, in words; empty for most pods. */
export function unsupportedNeeds(spec: unknown): readonly string[] {
  return cardTroubles(spec);
}

/** What a pod spec would like of its place because of other pods, and gets only from plugins that score it, in words. */
export function scoredWishes(spec: unknown): readonly string[] {
  const affinity = member(spec, 'affinity');
  const isSoft = (constraint: unknown): boolean => member(constraint, 'whenUnsatisfiable') === 'ScheduleAnyway';
  const wishes: readonly (readonly [string, boolean])[] = [
    ['preferred pod affinity', arrayAt(member(affinity, 'podAffinity'), PREFERRED).length > 0],
    ['preferred pod anti-affinity', arrayAt(member(affinity, 'podAntiAffinity'), PREFERRED).length > 0],
    ['topology spread that may be broken', objects(spec, 'topologySpreadConstraints').some(isSoft)],
  ];
  return wishes.filter(([, isWished]) => isWished).map(([wish]) => wish);
}

const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

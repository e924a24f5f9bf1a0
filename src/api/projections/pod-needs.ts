import { arrayAt, member } from '../../lib/json.ts';
import { objects } from './metadata.ts';

/**
 * What a pod spec needs of its place that the scheduler does not look at yet, in words; empty for most pods. Preferred
 * rules are wishes and are left out.
 */
export function unsupportedNeeds(spec: unknown): readonly string[] {
  const affinity = member(spec, 'affinity');
  const volumes = objects(spec, 'volumes');
  const needs: readonly (readonly [string, boolean])[] = [
    ['required pod affinity', arrayAt(member(affinity, 'podAffinity'), REQUIRED).length > 0],
    ['required pod anti-affinity', arrayAt(member(affinity, 'podAntiAffinity'), REQUIRED).length > 0],
    ['hard topology spread', objects(spec, 'topologySpreadConstraints').some(isHard)],
    ['resource claims', arrayAt(spec, 'resourceClaims').length > 0],
    ['volumes of claims', volumes.some((volume) => CLAIMS.some((kind) => member(volume, kind) !== undefined))],
  ];
  return needs.filter(([, isNeeded]) => isNeeded).map(([need]) => need);
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
/** A claim may be bound to a volume of one node or zone, or wait for the pod's node to be bound at all. */
const CLAIMS = ['persistentVolumeClaim', 'ephemeral'] as const;

/** What is not `ScheduleAnyway` is a must: that is the default. */
function isHard(constraint: unknown): boolean {
  return member(constraint, 'whenUnsatisfiable') !== 'ScheduleAnyway';
}

import type { TaintRecord, Toleration } from '../../api/records/scheduling-shape.ts';

/** Whether one of the tolerations covers the taint (Kubernetes' rules: empty key with Exists covers all). */
export function tolerates(tolerations: readonly Toleration[], taint: TaintRecord): boolean {
  return tolerations.some(
    (toleration) =>
      (toleration.effect === '' || toleration.effect === taint.effect) &&
      (toleration.key === '' ? toleration.operator === 'Exists' : toleration.key === taint.key) &&
      (toleration.operator === 'Exists' || toleration.value === taint.value),
  );
}

/** A soft taint only makes a node less wanted. */
export function keepsAway(taint: TaintRecord): boolean {
  return taint.effect !== 'PreferNoSchedule';
}

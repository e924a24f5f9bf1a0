import type { DeviceTaint, DeviceToleration } from '../../api/records/device-records.ts';

/** Whether some taint keeps whoever has only these tolerations from the device. */
export function isRepelled(taints: readonly DeviceTaint[], tolerations: readonly DeviceToleration[]): boolean {
  for (const taint of taints) {
    if (taint.effect !== 'NoSchedule' && taint.effect !== 'NoExecute') continue;
    if (!tolerations.some((toleration) => isTolerated(taint, toleration))) return true;
  }
  return false;
}

function isTolerated(taint: DeviceTaint, { key, operator, value, effect }: DeviceToleration): boolean {
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  return operator === 'Exists' || value === taint.value;
}

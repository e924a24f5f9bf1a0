import { GEOMETRIES } from '../api/access.ts';
import type { SchedulerPolicy } from './policy.ts';

/** vGPUs are given out. */
export const VGPU_SWITCH = 'deviceshare.VGPUEnable';
/** The defaults are Volcano's. */
export const GEOMETRIES_NAME = { key: 'deviceshare.KnownGeometriesCMName', fallback: GEOMETRIES };
export const GEOMETRIES_NAMESPACE = { key: 'deviceshare.KnownGeometriesCMNamespace', fallback: 'kube-system' };

/** The ConfigMap that says how cards are cut; undefined where no vGPUs are given out. */
export function geometryPlace({
  tiers,
}: Pick<SchedulerPolicy, 'tiers'>): { readonly namespace: string; readonly name: string } | undefined {
  const given = tiers.flat().find(({ name }) => name === 'deviceshare')?.arguments;
  const textOf = ({ key, fallback }: typeof GEOMETRIES_NAME): string => String(given?.get(key) ?? fallback);
  const place = { namespace: textOf(GEOMETRIES_NAMESPACE), name: textOf(GEOMETRIES_NAME) };
  return given?.get(VGPU_SWITCH) === true ? place : undefined;
}

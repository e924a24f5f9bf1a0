import { VCJOBS } from '../resources.ts';

/** An owner reference. */
export interface OwnerRecord {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** A Job of Volcano, of whatever version. */
export function isVcjobOwner({ apiVersion, kind }: Pick<OwnerRecord, 'apiVersion' | 'kind'>): boolean {
  return kind === VCJOBS.kind && apiVersion.startsWith(`${VCJOBS.group}/`);
}

/** Of the kinds that Kubernetes itself has pods made for; any other is one of somebody's operator. */
export function isBuiltInOwner({ apiVersion }: OwnerRecord): boolean {
  return apiVersion === 'v1' || apiVersion.startsWith('apps/') || apiVersion.startsWith('batch/');
}

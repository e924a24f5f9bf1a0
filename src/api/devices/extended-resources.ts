/** DeviceClasses by the resources by which pods may ask for their devices without a claim. */
export type ExtendedResources = ReadonlyMap<string, string>;

/** Kubernetes' own names for the devices of any class. */
export const CLASS_PREFIX = 'deviceclass.resource.kubernetes.io/';

/** It may be served by devices of a class: it is neither Kubernetes' own nor the name of a quota. */
export function isExtendedResource(name: string): boolean {
  if (!name.includes('/') || name.startsWith('requests.')) return false;
  return name.startsWith(CLASS_PREFIX) || !name.includes('kubernetes.io/');
}

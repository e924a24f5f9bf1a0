/** DeviceClasses by the resource by which pods may ask for their devices without a claim (`extendedResourceName`). */
export type ExtendedResources = ReadonlyMap<string, string>;

/** Kubernetes' own names for the devices of any class. */
export const CLASS_PREFIX = 'deviceclass.resource.kubernetes.io/';

/** The DeviceClass whose devices a pod gets that asks for the resource where no node publishes it; undefined: none. */
export function classServing(resource: string, served: ExtendedResources): string | undefined {
  if (resource.startsWith(CLASS_PREFIX)) return resource.slice(CLASS_PREFIX.length);
  return served.get(resource);
}

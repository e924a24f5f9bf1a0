import { CLASS_PREFIX } from './extended-resources.ts';

/** What Kubernetes' quotas put behind the name of a DeviceClass, for the devices that claims take of it. */
export const CLASS_DEVICES = '.deviceclass.resource.k8s.io/devices';

/** What Volcano's queues put before the name of a DeviceClass, for the same. */
const VOLCANOS_PREFIX = 'deviceclass/';

/** The DeviceClass whose devices are counted under this name, whatever the classes say; undefined: none. */
export function countedClass(name: string): string | undefined {
  if (name.endsWith(CLASS_DEVICES)) return name.slice(0, -CLASS_DEVICES.length);
  const prefix = [CLASS_PREFIX, VOLCANOS_PREFIX].find((each) => name.startsWith(each));
  return prefix === undefined ? undefined : name.slice(prefix.length);
}

import type { SchedulerLoop } from '../../src/engine/cycle/scheduler-loop.ts';
import type { JsonObject } from '../../src/lib/json.ts';

const DRIVER = 'gpu.example.com';

/** A ResourceSlice with whole devices of one node, `<node>-0` and so on. */
export function rawSlice(node: string, devices: number, device: JsonObject = {}): JsonObject {
  return {
    metadata: { name: `slice-${node}`, uid: `slice-${node}` },
    spec: {
      driver: DRIVER,
      nodeName: node,
      pool: { name: node, generation: 1, resourceSliceCount: 1 },
      devices: Array.from({ length: devices }, (_, i) => ({ name: `${node}-${i}`, ...device })),
    },
  };
}

/** The class of all devices of those slices. */
export function rawDeviceClass(name = 'gpu'): JsonObject {
  const expression = `device.driver == "${DRIVER}"`;
  return { metadata: { name, uid: `class-${name}` }, spec: { selectors: [{ cel: { expression } }] } };
}

/** An unallocated ResourceClaim in namespace `ns`. */
export function rawDeviceClaim(name: string, count = 1): JsonObject {
  return {
    metadata: { name, namespace: 'ns', uid: `claim-${name}` },
    spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu', count } }] } },
  };
}

/** No devices, and nobody who asks for any. */
export function listNoDevices({ devices }: SchedulerLoop): void {
  const nothing = [{ kind: 'replace' as const, records: [] }];
  devices.onSlices(nothing);
  devices.onClasses(nothing);
  devices.onClaims(nothing);
  devices.onTaintRules(nothing);
  devices.onTemplates(nothing);
}

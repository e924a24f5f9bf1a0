import { arrayAt, member, objectAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { CounterSet, SliceRecord } from '../../records/device-records.ts';
import { objects, readMetadata, text, whole } from '../metadata.ts';
import { valueAmounts } from './device-amounts.ts';
import { deviceReach } from './device-reach.ts';
import { deviceTroubles, readDevice } from './device.ts';

/** The record of a ResourceSlice; undefined for anything without name or UID. */
export function projectResourceSlice(raw: unknown): SliceRecord | undefined {
  const { name, uid } = readMetadata(raw);
  if (name === '' || uid === '') return undefined;
  const spec = objectAt(raw, 'spec');
  const pool = objectAt(spec, 'pool');
  const driver = text(spec, 'driver');
  const reach = member(spec, 'perDeviceNodeSelection') === true ? undefined : deviceReach(spec);
  const devices = objects(spec, 'devices');
  return {
    name,
    driver,
    pool: text(pool, 'name'),
    generation: whole(pool, 'generation', 0),
    sliceCount: whole(pool, 'resourceSliceCount', 1),
    reach,
    devices: devices.map((device) => readDevice(device, { driver, pool: text(pool, 'name'), reach })),
    sharedCounters: objects(spec, 'sharedCounters').map(sharedCounters),
    troubles: [...sliceTroubles(spec), ...new Set(devices.flatMap(deviceTroubles))],
  };
}

function sharedCounters(raw: JsonObject): CounterSet {
  return { set: text(raw, 'name'), counters: valueAmounts(objectAt(raw, 'counters')) };
}

/** What is off in Kubernetes 1.37 unless somebody switches it on. */
function sliceTroubles(spec: JsonObject): readonly string[] {
  return arrayAt(spec, 'skipNodeOperations').length > 0 ? ['skipNodeOperations'] : [];
}

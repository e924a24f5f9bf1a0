import { arrayAt, isJsonObject, objectAt, stringAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { deviceSelector } from '../../devices/device-selector.ts';
import type { DeviceClassRecord, DeviceSelector } from '../../records/device-records.ts';
import { objects, readMetadata, text } from '../metadata.ts';

/** The record of a DeviceClass; undefined for anything without name or UID. */
export function projectDeviceClass(raw: unknown): DeviceClassRecord | undefined {
  const { name, uid, createdMs } = readMetadata(raw);
  if (name === '' || uid === '') return undefined;
  const spec = objectAt(raw, 'spec');
  return {
    name,
    createdMs,
    selectors: deviceSelectors(spec),
    config: arrayAt(spec, 'config').filter(isJsonObject),
    extendedResourceName: text(spec, 'extendedResourceName'),
  };
}

/** Of a class or a request. */
export function deviceSelectors(raw: JsonObject): readonly DeviceSelector[] {
  return objects(raw, 'selectors').map((selector) => deviceSelector(stringAt(selector, ['cel', 'expression'])));
}

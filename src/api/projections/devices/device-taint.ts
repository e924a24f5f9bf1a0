import type { JsonObject } from '../../../lib/json.ts';
import { member, objectAt } from '../../../lib/json.ts';
import type { DeviceTaint, DeviceTaintRuleRecord, DeviceToleration } from '../../records/device-records.ts';
import { objects, readMetadata, text } from '../metadata.ts';

export function deviceTaint(raw: JsonObject): DeviceTaint {
  return { key: text(raw, 'key'), value: text(raw, 'value'), effect: text(raw, 'effect') };
}

export function deviceTolerations(raw: JsonObject): readonly DeviceToleration[] {
  return objects(raw, 'tolerations').map((one) => {
    const seconds = member(one, 'tolerationSeconds');
    return {
      key: text(one, 'key'),
      operator: text(one, 'operator') === 'Exists' ? 'Exists' : 'Equal',
      value: text(one, 'value'),
      effect: text(one, 'effect'),
      seconds: typeof seconds === 'number' ? seconds : undefined,
    };
  });
}

/** The record of a DeviceTaintRule; undefined for anything without name or UID. */
export function projectDeviceTaintRule(raw: unknown): DeviceTaintRuleRecord | undefined {
  const { name, uid } = readMetadata(raw);
  if (name === '' || uid === '') return undefined;
  const spec = objectAt(raw, 'spec');
  const selector = member(spec, 'deviceSelector');
  const devices = objectAt(spec, 'deviceSelector');
  return {
    name,
    devices:
      selector === undefined || selector === null
        ? undefined
        : { driver: text(devices, 'driver'), pool: text(devices, 'pool'), device: text(devices, 'device') },
    taint: deviceTaint(objectAt(spec, 'taint')),
  };
}

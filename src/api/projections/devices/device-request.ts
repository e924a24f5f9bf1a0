import { arrayAt, isJsonObject, member, objectAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { DeviceAsk, DeviceConstraint, DeviceRequestRecord, RequestConfig } from '../../records/device-records.ts';
import { objects, text, whole } from '../metadata.ts';
import { deviceAmounts } from './device-amounts.ts';
import { deviceSelectors } from './device-class.ts';
import { deviceTolerations } from './device-taint.ts';
import { texts } from './device.ts';

/** What a claim asks for; `exactly` is an alternative without a name. */
export function deviceRequest(raw: JsonObject): DeviceRequestRecord {
  return { name: text(raw, 'name'), asks: asksOf(raw).map(deviceAsk) };
}

/** What is asked for in a way that Sluice does not know: off in Kubernetes 1.37 unless somebody switches it on, or newer. */
export function requestTroubles(raw: JsonObject): readonly string[] {
  const asks = asksOf(raw);
  const isDerived = asks.some((ask) => arrayAt(ask, 'derivedAttributes').length > 0);
  const isOther = asks.length === 0 || asks.some((ask) => !MODES.has(text(ask, 'allocationMode')));
  return [...(isDerived ? ['derivedAttributes'] : []), ...(isOther ? ['an unknown kind of request'] : [])];
}

const MODES: ReadonlySet<string> = new Set(['', 'ExactCount', 'All']);

export function deviceConstraint(raw: JsonObject): DeviceConstraint | undefined {
  const match = text(raw, 'matchAttribute');
  const attribute = match || text(raw, 'distinctAttribute');
  if (attribute === '') return undefined;
  return { kind: match === '' ? 'distinct' : 'match', attribute, requests: texts(raw, 'requests') };
}

/** The names of the requests, and what is left of the entry. */
export function requestConfig(raw: JsonObject, requests: readonly string[]): RequestConfig {
  const config = Object.fromEntries(Object.entries(raw).filter(([key]) => key !== 'requests' && key !== 'source'));
  return { requests, config };
}

function asksOf(raw: JsonObject): readonly JsonObject[] {
  const exactly = member(raw, 'exactly');
  return isJsonObject(exactly) ? [exactly] : objects(raw, 'firstAvailable');
}

function deviceAsk(raw: JsonObject): DeviceAsk {
  return {
    name: text(raw, 'name'),
    className: text(raw, 'deviceClassName'),
    selectors: deviceSelectors(raw),
    mode: text(raw, 'allocationMode') === 'All' ? 'All' : 'ExactCount',
    count: Math.max(1, whole(raw, 'count', 1)),
    adminAccess: member(raw, 'adminAccess') === true,
    tolerations: deviceTolerations(raw),
    capacity: deviceAmounts(objectAt(raw, 'capacity', 'requests')),
  };
}

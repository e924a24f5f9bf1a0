import type { JsonObject } from '../../lib/json.ts';
import { isExtendedResource } from '../devices/extended-resources.ts';
import { NO_EXTENDED_ASKS } from '../records/extended-ask.ts';
import type { ExtendedAsk } from '../records/extended-ask.ts';
import { objects, text } from './metadata.ts';
import { containerRequests, isSidecar } from './pod-requests.ts';

/** What the containers of a pod ask for by names that DeviceClasses may serve, container by container. */
export function readExtendedAsks(spec: JsonObject): readonly ExtendedAsk[] {
  const starters = objects(spec, 'initContainers');
  const asks = [...starters, ...objects(spec, 'containers')].flatMap((container, position) =>
    asksOf(container, position, position < starters.length && !isSidecar(container)),
  );
  return asks.length === 0 ? NO_EXTENDED_ASKS : asks;
}

function asksOf(container: JsonObject, position: number, isShort: boolean): readonly ExtendedAsk[] {
  const requests = containerRequests(container);
  if (!requests.keys().some(isExtendedResource)) return NO_EXTENDED_ASKS;
  const names = [...requests.keys()].toSorted();
  return names.flatMap((resource, at) => {
    const count = requests.get(resource) ?? 0;
    if (count === 0 || !isExtendedResource(resource)) return [];
    return [{ container: text(container, 'name'), position, isShort, resource, at, count }];
  });
}

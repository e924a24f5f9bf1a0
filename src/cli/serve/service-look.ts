import { ENDPOINT_SLICES } from '../../api/resources.ts';
import type { ClusterWriter } from '../../engine/ports.ts';
import { arrayAt, memberAt, stringAt } from '../../lib/json.ts';
import { Look } from '../cluster/look.ts';
import { serviceName } from '../webhook-configurations.ts';
import type { ServeOptions } from './serve-options.ts';

const SERVICE_LABEL = 'kubernetes.io/service-name';

/** Whether the Service before the webhooks leads to somebody: a pod that is ready has a certificate, and answers. */
export async function isServed(
  writer: ClusterWriter,
  options: Pick<ServeOptions, 'namespace' | 'volcano'>,
): Promise<boolean> {
  const slices = await new Look(writer).list(ENDPOINT_SLICES, options.namespace);
  if (slices.kind === 'unread') return false;
  return slices.value
    .filter((slice) => stringAt(slice, ['metadata', 'labels', SERVICE_LABEL]) === serviceName(options))
    .flatMap((slice) => arrayAt(slice, 'endpoints'))
    .some((endpoint) => memberAt(endpoint, 'conditions', 'ready') === true);
}

import { ENDPOINT_SLICES } from '../../api/resources.ts';
import type { Clock, ClusterWriter } from '../../engine/ports.ts';
import { arrayAt, memberAt, stringAt } from '../../lib/json.ts';
import { Look } from '../cluster/look.ts';
import { serviceName } from '../install.ts';
import type { ServeOptions } from './serve-options.ts';

const SERVICE_LABEL = 'kubernetes.io/service-name';
const LOOK_MS = 1000;

/** Waits until the Service before the webhooks leads to somebody who serves, or nobody waits any more. */
export async function untilServed(
  writer: ClusterWriter,
  clock: Clock,
  options: Pick<ServeOptions, 'namespace' | 'volcano'>,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver() && !(await isServed(writer, options)))
    await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve));
}

/** A pod that is ready has a certificate, and answers. */
async function isServed(writer: ClusterWriter, options: Pick<ServeOptions, 'namespace' | 'volcano'>): Promise<boolean> {
  const slices = await new Look(writer).list(ENDPOINT_SLICES, options.namespace);
  if (slices.kind === 'unread') return false;
  return slices.value
    .filter((slice) => stringAt(slice, ['metadata', 'labels', SERVICE_LABEL]) === serviceName(options))
    .flatMap((slice) => arrayAt(slice, 'endpoints'))
    .some((endpoint) => memberAt(endpoint, 'conditions', 'ready') === true);
}

import { networkInterfaces } from 'node:os';

/** An address that others may be told: endpoints take none of loopback. */
export function ownAddress(): string {
  const found = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  if (found === undefined) throw new Error('this machine has no address but loopback, and a Service can lead to none');
  return found.address;
}

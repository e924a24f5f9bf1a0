import type { DeviceAmounts } from '../../src/api/accelerators/applied-wish.ts';
import type { Candidate } from './offers.ts';
import type { AcceleratorWish } from '../../src/api/accelerators/wish.ts';

/** What is asked for by name. Of a share of devices that differ the memory of the smallest counts. */
export function amountsFor({ offer, resource, fits }: Candidate, wish: AcceleratorWish): DeviceAmounts {
  if (offer.claim !== undefined) return {};
  if (offer.grain === 'replica') return { [resource]: 1 };
  if (offer.grain !== 'share') return { [resource]: wish.count };
  const { memory, cores } = offer;
  const memories = fits.flatMap(({ kind, amount }) => {
    const total = memory === undefined ? 0 : (kind.resources.get(memory) ?? 0);
    const hundredths = cores === undefined ? 0 : (kind.resources.get(cores) ?? 0);
    const devices = hundredths > 0 ? hundredths / 100 : amount;
    return total > 0 ? [total / devices] : [];
  });
  const perDevice = memories.length === 0 ? 0 : Math.min(...memories);
  const memoryAmount = wish.sharedMib > 0 ? wish.sharedMib : Math.floor((perDevice * wish.share) / 100);
  return {
    [resource]: 1,
    ...(memory === undefined || memoryAmount === 0 ? {} : { [memory]: memoryAmount }),
    ...(cores === undefined || wish.share === 0 ? {} : { [cores]: wish.share }),
  };
}

/** Devices in the one unit that all vendors have: a slice counts as a device of its own, a share as its part. */
export function deviceUnits({ share, count }: AcceleratorWish): number {
  return share > 0 ? share / 100 : count;
}

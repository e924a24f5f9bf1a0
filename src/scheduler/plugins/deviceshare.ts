import { parseExclusiveRules } from '../../api/cards/exclusive-rules.ts';
import type { CardWish } from '../../api/records/card-records.ts';
import { DeviceContext } from '../devices/device-context.ts';
import { numberArgument, switchArgument } from '../framework/plugin.ts';
import type { Plugin } from '../framework/plugin.ts';

/** The switch of each way to ask for cards; all are off, as in Volcano. */
const SWITCHES: Readonly<Record<CardWish['by'], string>> = {
  memory: 'deviceshare.GPUSharingEnable',
  number: 'deviceshare.GPUNumberEnable',
  vgpu: 'deviceshare.VGPUEnable',
};

/** Parts of cards: pods that ask for the same parts see the nodes in the same way, and each gets cards together with its node. */
export const deviceshare: Plugin = {
  name: 'deviceshare',
  make: (snapshot, options) => {
    const { devices } = snapshot;
    const ways = (Object.keys(SWITCHES) as CardWish['by'][]).filter((by) =>
      switchArgument(options, SWITCHES[by], false),
    );
    const policy = options.get('deviceshare.SchedulePolicy') === 'spread' ? 'spread' : 'binpack';
    const weight = numberArgument(options, 'deviceshare.ScheduleWeight', 0);
    devices.ways = new Set(ways);
    devices.setRules(parseExclusiveRules(String(options.get('deviceshare.GPUExclusiveRules') ?? '')) ?? []);
    devices.order = policy === 'spread' ? 'spread' : 'packed';
    const known = new WeakMap<CardWish, DeviceContext>();
    return {
      // By what pods ask for: once one asks for cards, they are in use for good.
      claimStampFn: () => 0,
      contextFn: (task) => {
        // To look at a record costs more than all else here.
        if (!devices.isUsed) return undefined;
        const wish = devices.wishOf(task);
        if (wish === undefined) return undefined;
        let context = known.get(wish);
        if (context === undefined) {
          known.set(wish, (context = new DeviceContext(wish, snapshot, weight > 0 ? { weight, policy } : undefined)));
        }
        return context;
      },
    };
  },
};

import type { Plugin } from '../framework/plugin.ts';

/** Cooldown protection: a pod that was started not long ago is not evicted for others, for as long as it says itself. */
export const cdp: Plugin = {
  name: 'cdp',
  make: () => {
    let now = 0;
    return {
      onSessionOpen: (nowMs) => {
        now = nowMs;
      },
      // What does not run yet loses nothing.
      shelterFn: ({ record }) => record.phase === 'Running' && now < record.cooldownEndMs,
    };
  },
};

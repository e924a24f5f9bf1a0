import { numberArgument } from '../framework/plugin.ts';
import type { Plugin } from '../framework/plugin.ts';
import { NetworkPlacement } from '../topology/network-placement.ts';

/**
 * Groups and parts of groups whose pods have to be near each other in the network (`networkTopology`) are placed within one
 * domain of it. Tasks of all other groups cost a comparison.
 */
export const networkTopologyAware: Plugin = {
  name: 'network-topology-aware',
  make: (snapshot, options) => {
    const network = new NetworkPlacement(snapshot, numberArgument(options, 'weight', 1) > 0);
    return {
      contextFn: (task) => network.contextOf(task),
      // By what groups say.
      claimStampFn: () => 0,
      domainsFn: (job, part) => network.search(job, part),
      onSessionOpen: (_, cluster) => network.open(cluster),
    };
  },
};

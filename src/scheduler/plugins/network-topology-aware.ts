import type { PluginArguments } from '../../config/policy.ts';
import { listArgument, numberArgument, switchArgument } from '../framework/plugin.ts';
import type { Plugin, PluginHooks } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import { DomainUse } from '../topology/domain-use.ts';
import type { WeighedResource } from '../topology/domain-use.ts';
import { NetworkPlacement } from '../topology/network-placement.ts';
import { NetworkWishes } from '../topology/network-wishes.ts';

/** Each costs a plan of its own. */
const MOST_EMPTIED = 8;
const FADING = 0.8;
const PACKING = 'hypernode.binpack.';

/**
 * Groups and parts of groups whose pods have to be near each other in the network (`networkTopology`) are placed within one
 * domain of it. Tasks of all other groups cost a comparison, unless they are packed into fuller domains.
 */
export const networkTopologyAware: Plugin = {
  name: 'network-topology-aware',
  make: (snapshot, options) => {
    const weight = numberArgument(options, 'weight', 1);
    const use = new DomainUse(snapshot, weighedResources(options, snapshot.resources));
    const isPacking = [...options.keys()].some((key) => key.startsWith(PACKING));
    const network = new NetworkPlacement(snapshot, {
      mindsWishes: weight > 0,
      mostEmptied: numberArgument(options, 'hypernode.gradient.evict.max-hypernodes', MOST_EMPTIED),
      packing: isPacking ? use : undefined,
    });
    const fading = numberArgument(options, `${PACKING}normal-pod.fading`, FADING);
    const packsAll = switchArgument(options, `${PACKING}normal-pod.enable`, isPacking) && weight > 0;
    const wishes = packsAll ? new NetworkWishes(snapshot, use, { weight, fading }) : undefined;
    return {
      contextFn: (task) => network.contextOf(task),
      // By what groups say.
      claimStampFn: () => 0,
      domainsFn: (job, part) => network.search(job, part),
      onSessionOpen: (_, cluster) => {
        network.open(cluster);
        wishes?.open(network.tree);
      },
      ...(wishes && packing(snapshot, wishes)),
    };
  },
};

/** By class, and by who speaks for or against places for pods with such labels. */
function packing({ podRules }: Snapshot, wishes: NetworkWishes): PluginHooks {
  return { wishFn: (task) => wishes.contextOf(task), claimStampFn: () => podRules.termsVersion };
}

/** `hypernode.binpack.cpu`, `.memory` and `.resources.<name>`, each 1 where it is not given. */
function weighedResources(options: PluginArguments, table: ResourceTable): readonly WeighedResource[] {
  const weighed = (name: string, key: string): WeighedResource => {
    return { resource: table.keep(name), weight: numberArgument(options, key, 1) };
  };
  return [
    weighed('cpu', `${PACKING}cpu`),
    weighed('memory', `${PACKING}memory`),
    ...listArgument(options, `${PACKING}resources`).map((name) => weighed(name, `${PACKING}resources.${name}`)),
  ].filter(({ weight }) => weight > 0);
}

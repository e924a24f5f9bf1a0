import type { PodClaim } from '../../api/records/pod-claim.ts';
import type { PluginArguments } from '../../config/policy.ts';
import { switchArgument } from '../framework/plugin.ts';
import type { PluginHooks } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { VolumeContext } from '../volumes/volume-context.ts';

/** Volumes of claims: pods that use the same claims see the nodes in the same way, whatever else they are. */
export function podVolumeHooks(snapshot: Snapshot, options: PluginArguments): PluginHooks {
  const rules = {
    binding: switchArgument(options, 'predicate.VolumeBindingEnable', true),
    zone: switchArgument(options, 'predicate.VolumeZoneEnable', true),
    limits: switchArgument(options, 'predicate.NodeVolumeLimitsEnable', true),
  };
  snapshot.volumes.isBinding = rules.binding;
  const known = new WeakMap<readonly PodClaim[], VolumeContext>();
  let made = 0;
  return {
    volumeFn: ({ record }) => {
      // To look at a record costs more than all else here.
      if (snapshot.volumes.claimers === 0) return undefined;
      const { claims } = record;
      if (claims.length === 0) return undefined;
      let context = known.get(claims);
      if (context === undefined) {
        made += 1;
        known.set(claims, (context = new VolumeContext(`volumes ${made}`, claims, snapshot, rules)));
      }
      return context;
    },
  };
}

import type { DeviceAsk, DeviceClaimRecord } from '../../api/records/device-records.ts';
import type { ClaimLedger } from './claim-ledger.ts';
import { fittingDevices } from './fitting-devices.ts';

/** What the claims ask for, and what a node has of it at most, busy or not. O(nodes x devices). */
export function lackWords(open: readonly DeviceClaimRecord[], claims: ClaimLedger, nodes: number): string {
  return mostOf(open, nodes, (ask, node) => fittingDevices(claims, ask, node).length)
    .map(([ask, most]) => `${askText(ask)}, of which a node reaches ${most} at most`)
    .join('; for ');
}

/** The same in few words: warnings of the API server are cut after about a hundred letters. */
export function fewWords(open: readonly DeviceClaimRecord[], claims: ClaimLedger, nodes: number): string {
  return mostOf(open, nodes, (ask, node) => fittingDevices(claims, ask, node).length)
    .map(([ask, most]) => `${askText(ask)} (${most} at most)`)
    .join(' and ');
}

/** The same of what is not in use at the moment. */
export function busyWords(open: readonly DeviceClaimRecord[], claims: ClaimLedger, nodes: number): string {
  const countAt = (ask: DeviceAsk, node: number): number => {
    const fitting = fittingDevices(claims, ask, node);
    return fitting.filter(({ pool, device }) => claims.uses.of(pool, device.name) === undefined).length;
  };
  return mostOf(open, nodes, countAt)
    .map(([ask, most]) => `${askText(ask)}, of which a node has free ${most} at most`)
    .join('; for ');
}

function mostOf(
  open: readonly DeviceClaimRecord[],
  nodes: number,
  countAt: (ask: DeviceAsk, node: number) => number,
): readonly (readonly [ask: DeviceAsk, most: number])[] {
  const asks = open.flatMap(({ requests }) => requests.flatMap((request) => request.asks));
  return asks.map((ask) => {
    let most = 0;
    for (let node = 0; node < nodes; node += 1) most = Math.max(most, countAt(ask, node));
    return [ask, most];
  });
}

function askText({ mode, count, className }: DeviceAsk): string {
  const devices = mode === 'All' ? 'all devices' : count === 1 ? '1 device' : `${count} devices`;
  return `${devices} of class ${className}`;
}

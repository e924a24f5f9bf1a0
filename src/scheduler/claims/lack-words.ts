import type { DeviceAsk, DeviceClaimRecord } from '../../api/records/device-records.ts';
import type { ClaimLedger } from './claim-ledger.ts';
import { fittingDevices } from './fitting-devices.ts';

/** What the claims ask for, and what a node has of it at most, busy or not. O(nodes x devices). */
export function lackWords(open: readonly DeviceClaimRecord[], claims: ClaimLedger, nodes: number): string {
  return inWords(open, nodes, 'reaches', (ask, node) => fittingDevices(claims, ask, node).length);
}

/** The same of what is not in use at the moment. */
export function busyWords(open: readonly DeviceClaimRecord[], claims: ClaimLedger, nodes: number): string {
  return inWords(open, nodes, 'has free', (ask, node) => {
    const fitting = fittingDevices(claims, ask, node);
    return fitting.filter(({ pool, device }) => claims.uses.of(pool, device.name) === undefined).length;
  });
}

function inWords(
  open: readonly DeviceClaimRecord[],
  nodes: number,
  has: string,
  countAt: (ask: DeviceAsk, node: number) => number,
): string {
  const asks = open.flatMap(({ requests }) => requests.flatMap((request) => request.asks));
  const lacks = asks.map((ask) => {
    let most = 0;
    for (let node = 0; node < nodes; node += 1) most = Math.max(most, countAt(ask, node));
    return `${askText(ask)}, of which a node ${has} ${most} at most`;
  });
  return lacks.join('; for ');
}

function askText({ mode, count, className }: DeviceAsk): string {
  const devices = mode === 'All' ? 'all devices' : count === 1 ? '1 device' : `${count} devices`;
  return `${devices} of class ${className}`;
}

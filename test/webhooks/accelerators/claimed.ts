import { deviceSelector } from '../../../src/api/devices/device-selector.ts';
import { claimSpecOf } from '../../../src/api/accelerators/claim-template.ts';
import { readApplied } from '../../../src/api/accelerators/applied-wish.ts';
import { CLAIM_OFFERS } from '../../../src/api/accelerators/catalogue/claim-offers.ts';
import { projectResourceSlice } from '../../../src/api/projections/devices/resource-slice.ts';
import type { DeviceRecord, SliceRecord } from '../../../src/api/records/device-records.ts';
import { KnownOfNodes } from '../../../src/engine/cycle/known-of-nodes.ts';
import { arrayAt, stringAt } from '../../../src/lib/json.ts';
import { DeviceFacts } from '../../../src/scheduler/claims/device-facts.ts';
import { NetworkFacts } from '../../../src/scheduler/topology/network-facts.ts';
import type { DeviceInventory } from '../../../webhooks/accelerators/inventory.ts';
import type { Translation } from '../../../webhooks/accelerators/translate.ts';
import { slicesOf } from '../../control-plane/device-shape.ts';
import type { DeviceShape } from '../../control-plane/device-shape.ts';

/** The slices of a node, as the API server has them. */
function slices(node: string, shapes: readonly DeviceShape[]): readonly SliceRecord[] {
  const records = slicesOf(node, shapes).map((slice, at) =>
    projectResourceSlice({ ...slice, metadata: { name: `${node}-${at}`, uid: 'u' } }),
  );
  return records.filter((record) => record !== undefined);
}

/** What the webhook is told of nodes with such devices, and of the classes that there are: those of the catalogue. */
export function claimedInventory(
  nodes: Readonly<Record<string, readonly DeviceShape[]>>,
  classes: readonly string[] = CLAIM_OFFERS.map(({ claim }) => claim.className),
): DeviceInventory {
  const facts = new DeviceFacts(() => undefined);
  for (const [node, shapes] of Object.entries(nodes)) {
    for (const slice of slices(node, shapes)) facts.slices.set(slice.name, slice);
  }
  for (const name of classes)
    facts.classes.set(name, { name, createdMs: 0, selectors: [], config: [], extendedResourceName: '' });
  const { devices } = new KnownOfNodes({ nodes: () => [], devices: facts, network: new NetworkFacts() });
  if (devices === undefined) throw new Error('nothing is known');
  return devices;
}

/** The first device of the shape. */
export function deviceOf(shape: DeviceShape): DeviceRecord {
  const device = slices('n', [shape])[0]?.devices[0];
  if (device === undefined) throw new Error(shape.driver);
  return device;
}

/** The conditions of the claim that the translation comes to. */
export function conditionsOf({ injection }: Translation): readonly string[] {
  const applied = readApplied(injection.annotations);
  const spec = applied?.claim && claimSpecOf(applied.claim, applied.wish);
  const exactly = arrayAt(spec, 'devices', 'requests').flatMap((request) => arrayAt(request, 'exactly', 'selectors'));
  return exactly.map((selector) => stringAt(selector, ['cel', 'expression']));
}

/** Whether the device is one that the claim may have, as Sluice's own core reads its conditions. */
export function mayHave(device: DeviceRecord, told: Translation): boolean {
  return conditionsOf(told).every((text) => {
    const answer = deviceSelector(text).matches(device);
    if (typeof answer !== 'boolean') throw new Error(`${text}: ${answer.message}`);
    return answer;
  });
}

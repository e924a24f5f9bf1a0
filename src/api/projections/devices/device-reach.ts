import { member } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { DeviceReach } from '../../records/device-records.ts';
import { text } from '../metadata.ts';
import { nodeTerms } from '../node-affinity.ts';

/** From where a slice, or a device of one, can be used; undefined where it does not say. */
export function deviceReach(raw: JsonObject): DeviceReach | undefined {
  const node = text(raw, 'nodeName');
  if (node !== '') return { kind: 'node', node };
  const terms = nodeTerms(member(raw, 'nodeSelector'));
  if (terms !== undefined) return { kind: 'nodes', terms };
  return member(raw, 'allNodes') === true ? { kind: 'all' } : undefined;
}

import { readApplied } from '../../src/api/accelerators/applied-wish.ts';
import { CLASS_DEVICES } from '../../src/api/devices/counted-class.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import type { TemplateFacts } from '../template-facts.ts';

const NOTHING: ResourceAmounts = new Map();

/** The devices of a pod whose wish came to a claim, under the name by which queues count its class. */
export function claimedRoom({ annotations }: Pick<TemplateFacts, 'annotations'>): ResourceAmounts {
  const applied = readApplied(annotations);
  if (applied?.claim === undefined) return NOTHING;
  return new Map([[`${applied.claim.className}${CLASS_DEVICES}`, applied.devices]]);
}

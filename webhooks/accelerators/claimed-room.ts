import { readApplied } from '../../src/api/accelerators/applied-wish.ts';
import { CLASS_DEVICES } from '../../src/api/devices/counted-class.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import type { Fit } from '../question.ts';
import type { TemplateFacts } from '../template-facts.ts';

/**
 * The devices of a pod's own claims, under the names by which queues count their classes: of claims whose templates are there, as the
 * scheduler reads them, and of the one that a wish came to, whose template may come later.
 */
export function claimedRoom({ annotations }: Pick<TemplateFacts, 'annotations'>, fit?: Fit): ResourceAmounts {
  const counted = Object.entries(fit?.claimed ?? {}).map(
    ([name, count]) => [`${name}${CLASS_DEVICES}`, count] as const,
  );
  const room = new Map<string, number>(counted);
  const applied = readApplied(annotations);
  if (applied?.claim === undefined) return room;
  const name = `${applied.claim.className}${CLASS_DEVICES}`;
  return room.set(name, Math.max(room.get(name) ?? 0, applied.devices));
}

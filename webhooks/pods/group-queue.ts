import type { ClusterView } from '../admission.ts';
import { queueDenial } from '../queue-choice.ts';
import type { QueueChoice } from '../queue-choice.ts';
import type { Membership } from './membership.ts';
import type { PodFacts } from './pod-facts.ts';

/**
 * The queue that the pods of one controller name now, where their group is in another and this one takes work: the controller's
 * template changed. The group moves with the last pod that was made before. Undefined for everything else.
 */
export function movedTo(
  pod: PodFacts,
  { via, group }: Membership,
  named: QueueChoice | undefined,
  view: ClusterView,
): QueueChoice | undefined {
  const known = view.group(pod.namespace, group);
  if (via !== 'owner' || known === undefined || known.origin === '' || known.ownerUid !== pod.owner?.uid)
    return undefined;
  if (named === undefined || named.name === known.queue) return undefined;
  return queueDenial(named, view) === undefined ? named : undefined;
}

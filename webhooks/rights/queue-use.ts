import { DEFAULT_QUEUE, GROUP_NAME_ANNOTATION } from '../../src/api/keys.ts';
import { QUEUES } from '../../src/api/resources.ts';
import { keyPath } from '../../src/lib/field-error.ts';
import type { AdmissionRequest, ClusterView, GroupView } from '../admission.ts';
import type { QueueChoice } from '../queue-choice.ts';
import { isServiceAccount } from '../requester.ts';
import { queueFromAbove } from './from-above.ts';
import { isUnasked } from './right.ts';
import type { Right } from './right.ts';

/**
 * The right that it takes to put work into the queue. Nobody needs one to the queue for everybody, nor to the one that an
 * administrator gave to the namespace, and controllers none to the queue of what they make objects for.
 */
export function useOf(request: AdmissionRequest, choice: QueueChoice | undefined, view: ClusterView): readonly Right[] {
  if (choice === undefined || choice.defaultOf !== undefined || view.rights.queues === 'off') return [];
  const { name, path, group: value = name } = choice;
  if (name === DEFAULT_QUEUE || name === view.defaultQueue(request.namespace) || isUnasked(request, view)) return [];
  if (isServiceAccount(request.username) && name === queueFromAbove(request, view)) return [];
  return [{ verb: 'use', type: QUEUES, name, path, value, reason: 'QueueUseDenied', act: `use queue ${name}` }];
}

/**
 * The queue that who joins a group by its name comes to use; undefined where nobody is asked. Programs join for the roots of others,
 * and a service account of the namespace is anybody's who may make pods there: only people are asked.
 */
export function queueOfGroup(
  { username }: AdmissionRequest,
  { name: group, queue }: Pick<GroupView, 'name' | 'queue'>,
  path: string,
): QueueChoice | undefined {
  if (isServiceAccount(username)) return undefined;
  return { name: queue, path: keyPath(`${path}metadata.annotations`, GROUP_NAME_ANNOTATION), group };
}

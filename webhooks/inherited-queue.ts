import { QUEUE_NAME_ANNOTATION } from '../src/api/keys.ts';
import type { ObjectPatch } from './object-patch.ts';
import type { QueueChoice } from './queue-choice.ts';
import { labelWithQueue } from './stamp.ts';

/** The queues that an object and the template in it name. */
export interface NamedQueues {
  readonly own: QueueChoice | undefined;
  readonly template: QueueChoice | undefined;
}

/**
 * The queue to write into the template; undefined when that stays as it is. A template that was stored without one is
 * left so until somebody names a queue or changes the template: a roll-out is nobody's wish.
 */
export function inheritedQueue({ own, template }: NamedQueues, old: NamedQueues | undefined): string | undefined {
  if (own === undefined) return undefined;
  const wasInherited = old?.own !== undefined && old.template?.name === old.own.name;
  if (template !== undefined) {
    const isStale = wasInherited && template.name === old.own?.name && template.name !== own.name;
    return isStale ? own.name : undefined;
  }
  const isNamed = old === undefined || wasInherited || old.own?.name !== own.name;
  return isNamed ? own.name : undefined;
}

/** Writes it where whatever is made from the template takes it from. */
export function writeQueue(patch: ObjectPatch, template: readonly string[], queue: string): void {
  patch.set([...template, 'metadata', 'annotations', QUEUE_NAME_ANNOTATION], queue);
  labelWithQueue(patch, template, queue);
}

/** Two names, and the one on the object loses. */
export function ignoredQueueWarning({ own, template }: NamedQueues, inherited: string | undefined): readonly string[] {
  if (inherited !== undefined || own === undefined || template === undefined || own.name === template.name) return [];
  return [`the template names queue ${template.name}: queue ${own.name} on the object itself is ignored`];
}

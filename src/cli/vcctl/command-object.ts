import { apiVersion, COMMANDS } from '../../api/resources.ts';
import { stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Objects, Place } from '../cluster/objects.ts';

/** What a Command may ask for, as its `action`. */
export type CommandAction = 'AbortJob' | 'ResumeJob' | 'OpenQueue' | 'CloseQueue';

/** Asks for an action on an object that is there; the Command goes with it, and is deleted by whoever carries it out. */
export async function commandObject(
  objects: Objects,
  target: Place,
  namespace: string,
  action: CommandAction,
): Promise<void> {
  const { type, name } = target;
  const reference: JsonObject = {
    apiVersion: apiVersion(type),
    kind: type.kind,
    name,
    uid: stringAt(await objects.get(target), ['metadata', 'uid']),
    controller: true,
    blockOwnerDeletion: true,
  };
  await objects.create(COMMANDS, namespace, {
    apiVersion: apiVersion(COMMANDS),
    kind: COMMANDS.kind,
    metadata: { generateName: `${name}-${action.toLowerCase()}-`, namespace, ownerReferences: [reference] },
    action,
    target: reference,
  });
}

import Type from 'typebox';
import type { Static } from 'typebox';
import type { KindDefinition } from './crd.ts';
import { COMMANDS } from '../resources.ts';
import { Fields, OBJECT_HEAD, Optional, Text } from './schema-helper.ts';
import type { Readable } from './schema-helper.ts';

const target = Fields(
  {
    apiVersion: Text('Group and version of the object.'),
    kind: Text('Kind of the object: Job or Queue.'),
    name: Text('Name of the object, in the namespace of the Command.'),
    uid: Text('UID of the object: a namesake made later is not meant.'),
    controller: Optional(
      Type.Boolean({ description: 'Whether the object is the controller of the Command; nothing is done with it.' }),
    ),
    blockOwnerDeletion: Optional(Type.Boolean({ description: 'As in an owner reference; nothing is done with it.' })),
  },
  'The object that is commanded, as an owner reference.',
);

const schema = Fields(
  {
    ...OBJECT_HEAD,
    action: Optional(
      Text(
        'What is to be done: AbortJob suspends a Job, ResumeJob lets it go on; OpenQueue and CloseQueue are for Queues.',
      ),
    ),
    target: Optional(target),
    reason: Optional(Text('Short word that says why, for people; nothing is done with it.', { maxLength: 1024 })),
    message: Optional(Text('A sentence that says why, for people; nothing is done with it.', { maxLength: 32_768 })),
  },
  'A Command asks for one action on a Job or Queue; whoever carries it out deletes it.',
);

/** A Command as it travels. */
export type Command = Readable<Static<typeof schema>>;

/** Command of bus.volcano.sh/v1alpha1; its members stand at the top, without a spec. */
export const COMMAND_KIND: KindDefinition = {
  type: COMMANDS,
  shortNames: [],
  hasStatusSubresource: false,
  columns: [],
  schema,
};

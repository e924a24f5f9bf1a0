import type { KindDefinition, PrinterColumn } from './crd.ts';
import { NODE_SHARDS } from '../resources.ts';
import { Fields, List, OBJECT_HEAD, Optional, Text, Timestamp } from './schema-helper.ts';

const nodes = (description: string) => List(Text('Name of a node.'), description);

const spec = Fields(
  { nodesDesired: nodes('Nodes that are to be in it. Kept as the sharding configuration says, where that names it.') },
  'Which nodes are to be in it.',
);

const status = Fields(
  {
    nodesInUse: Optional(nodes('Nodes that are in it.')),
    nodesToAdd: Optional(nodes('Nodes that are about to come into it.')),
    nodesToRemove: Optional(nodes('Nodes that are about to leave it.')),
    lastUpdateTime: Optional(Timestamp('When this was last written.')),
  },
  'Which nodes are in it; nothing of Sluice writes it.',
);

const schema = Fields(
  { ...OBJECT_HEAD, spec, status: Optional(status) },
  'A NodeShard sets nodes apart for the scheduler of its name. It is made and kept as a sharding configuration says; Sluice itself places pods on every node, as Volcano does in its mode `none`.',
);

const columns: readonly PrinterColumn[] = [
  { name: 'AGE', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation' },
];

/** NodeShard of shard.volcano.sh/v1alpha1. */
export const NODE_SHARD_KIND: KindDefinition = {
  type: NODE_SHARDS,
  shortNames: ['nsh'],
  hasStatusSubresource: true,
  columns,
  schema,
};

import type { Static } from 'typebox';
import Type from 'typebox';
import { conditionList } from './condition-list.ts';
import type { KindDefinition, PrinterColumn } from './crd.ts';
import { HYPER_NODES } from '../resources.ts';
import { Enum, Fields, Int32, LabelSelector, List, OBJECT_HEAD, Optional, Text } from './schema-helper.ts';
import { SUBDOMAIN_PATTERN } from '../patterns.ts';
import type { Readable } from './schema-helper.ts';

const PATTERN_LENGTH = 256;

const selector = Fields(
  {
    exactMatch: Optional(
      Fields(
        { name: Text('Name of the member.', { minLength: 1, pattern: SUBDOMAIN_PATTERN }) },
        'The one member of that name.',
      ),
    ),
    regexMatch: Optional(
      Fields(
        { pattern: Text('Regular expression of RE2.', { minLength: 1, maxLength: PATTERN_LENGTH }) },
        'All whose name the expression is found in; `^` and `$` hold it to the whole name.',
      ),
    ),
    labelMatch: Optional(LabelSelector('All nodes with these labels; for members that are nodes.')),
  },
  'Which nodes or HyperNodes are meant, in one of three ways.',
  {
    'x-kubernetes-validations': [
      {
        rule: 'has(self.exactMatch) || has(self.regexMatch) || has(self.labelMatch)',
        message: 'Either ExactMatch or RegexMatch or LabelMatch must be specified',
      },
      {
        rule: '(has(self.exactMatch) ? 1 : 0) + (has(self.regexMatch) ? 1 : 0) + (has(self.labelMatch) ? 1 : 0) <= 1',
        message: 'Only one of ExactMatch, RegexMatch, or LabelMatch can be specified',
      },
    ],
  },
);

const memberOf = Fields(
  {
    type: Enum(['Node', 'HyperNode'], 'What the members are.'),
    selector: Optional(selector),
  },
  'Nodes, or HyperNodes of a lower tier.',
);

const spec = Fields(
  {
    tier: Int32('Level of the network; within a lower one pods reach each other faster.', { minimum: 0 }),
    tierName: Optional(Text('The same as a word, such as rack.')),
    members: Optional(List(memberOf, 'What it consists of.', { minItems: 1, maxItems: 1024 })),
  },
  'Which nodes are near each other in the network.',
);

const status = Fields(
  {
    conditions: Optional(conditionList('What is known of it; nothing of Sluice writes one.')),
    nodeCount: Optional(Type.Integer({ description: 'Nodes in it, those of its HyperNodes included.', minimum: 0 })),
  },
  'How large it is; written by the controller.',
);

const schema = Fields(
  { ...OBJECT_HEAD, spec: Optional(spec), status: Optional(status) },
  'A HyperNode is a part of the network: nodes, or smaller parts, that reach each other fast. Those that labels of nodes tell of are made and kept. Pods with networkTopology are placed by it, where the scheduler has the plugin network-topology-aware.',
);

/** A HyperNode as it travels. */
export type HyperNode = Readable<Static<typeof schema>>;

const columns: readonly PrinterColumn[] = [
  { name: 'Tier', type: 'string', jsonPath: '.spec.tier', description: 'Level of the network' },
  { name: 'TierName', type: 'string', jsonPath: '.spec.tierName', description: 'The same as a word' },
  { name: 'NodeCount', type: 'integer', jsonPath: '.status.nodeCount', description: 'Nodes in it' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation' },
];

/** HyperNode of topology.volcano.sh/v1alpha1. */
export const HYPER_NODE_KIND: KindDefinition = {
  type: HYPER_NODES,
  shortNames: ['hn'],
  hasStatusSubresource: true,
  columns,
  schema,
};

import type { KindDefinition, PrinterColumn } from './crd.ts';
import { DATASETS } from '../resources.ts';
import { Fields, Int32, List, OBJECT_HEAD, Optional, Quantity, Text } from './schema-helper.ts';

/** No cluster has more levels. */
const MAX_TIERS = 8;
/** Room for a list of every node of a large cluster. */
const MAX_VALUES = 16_384;
const LABEL_KEY = { minLength: 1, maxLength: 317 } as const;

const tier = Fields(
  {
    key: Text('Label of nodes whose values are the domains of this level, such as kubernetes.io/hostname.', LABEL_KEY),
    weight: Int32('How good it is to read from within the domain; each level weighs less than the one before.', {
      minimum: 1,
      maximum: 100,
    }),
  },
  'One level of nearness.',
);

const spec = Fields(
  {
    source: Optional(Text('Where the data comes from, for people: nothing is done with it.', { maxLength: 1024 })),
    size: Optional(Quantity('How large the data is; needed where a cache tells bytes.')),
    tiers: Optional(
      List(
        tier,
        'Levels of nearness, the nearest first. Without: kubernetes.io/hostname 100, topology.kubernetes.io/rack 50, topology.kubernetes.io/zone 20, topology.kubernetes.io/region 5.',
        { maxItems: MAX_TIERS },
      ),
    ),
    volumeClaim: Optional(
      Text(
        'PersistentVolumeClaim of the namespace that holds the data: pods that mount it claim the dataset, and nodes that reach its volume have all of it.',
      ),
    ),
    fluidDataset: Optional(
      Text(
        'Name of the Dataset of Fluid in this namespace: nodes that Fluid labels as its cache have an equal part of the data each.',
      ),
    ),
  },
  'What the data is, and what near means for it.',
);

const cached = Fields(
  {
    key: Text('Label of nodes, one of the tiers.', LABEL_KEY),
    values: List(
      Text('One value of the label.', { maxLength: 63 }),
      'Domains, each of which has that much of the data.',
      {
        maxItems: MAX_VALUES,
      },
    ),
    percent: Optional(Int32('Part of the data that each of the domains has.', { minimum: 0, maximum: 100 })),
    bytes: Optional(Quantity('The same as an amount, where the size of the data is known.')),
  },
  'Domains that have the same part of the data.',
);

const status = Fields(
  {
    cached: Optional(
      List(
        cached,
        'Where the data lies, written by whoever caches it. What is said of a wider domain goes before the sum of what its nodes have.',
        { maxItems: 1024 },
      ),
    ),
  },
  'What is known of the data; written by caches, never by Sluice.',
);

const schema = Fields(
  { ...OBJECT_HEAD, spec: Optional(spec), status: Optional(status) },
  'A Dataset says where data lies in the cluster, so that pods which claim it are placed near it.',
);

const columns: readonly PrinterColumn[] = [
  { name: 'Source', type: 'string', jsonPath: '.spec.source', description: 'Where the data comes from' },
  { name: 'Size', type: 'string', jsonPath: '.spec.size', description: 'How large the data is' },
  { name: 'Claim', type: 'string', jsonPath: '.spec.volumeClaim', description: 'Claim that holds it' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation' },
];

/** Dataset of sluice.dev/v1alpha1. */
export const DATASET_KIND: KindDefinition = {
  type: DATASETS,
  shortNames: [],
  hasStatusSubresource: true,
  columns,
  schema,
};

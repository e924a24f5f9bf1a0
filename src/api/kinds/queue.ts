import { QUEUE_CONDITIONS } from '../queue-conditions.ts';
import { PARENT_KNOWN } from '../queue-conditions.ts';
import { GUARANTEE_KEPT } from '../queue-conditions.ts';
import Type from 'typebox';
import type { Static } from 'typebox';
import type { KindDefinition, PrinterColumn } from './crd.ts';
import { QUEUES } from '../resources.ts';
import { Enum, Fields, Int32, List, OBJECT_HEAD, Optional, ResourceList, Text, Timestamp } from './schema-helper.ts';
import type { Readable } from './schema-helper.ts';

/** Ends the description of a field that has no effect. */
const STORED = 'Stored only: it has no effect yet.';

const nodeGroups = (verb: string) =>
  Optional(
    Fields(
      {
        requiredDuringSchedulingIgnoredDuringExecution: Optional(
          List(Text('Name of a node group.'), `Node groups that pods of the queue must ${verb}.`),
        ),
        preferredDuringSchedulingIgnoredDuringExecution: Optional(
          List(Text('Name of a node group.'), `Node groups that pods of the queue should rather ${verb}.`),
        ),
      },
      `Node groups (nodes with the label volcano.sh/nodegroup-name) to ${verb}.`,
    ),
  );

const affinity = Fields(
  { nodeGroupAffinity: nodeGroups('use'), nodeGroupAntiAffinity: nodeGroups('avoid') },
  'Which groups of nodes the pods of the queue may use: those that it names, or all that it does not avoid. Only the plugin nodegroup of the scheduler looks at it.',
);

const extendCluster = Fields(
  {
    name: Optional(Text('Name of the cluster.')),
    weight: Optional(Int32('Share of the work that the cluster takes, relative to the others.')),
    capacity: Optional(ResourceList('What the cluster offers to the queue.')),
  },
  `Another cluster that takes work of the queue. ${STORED}`,
);

const guarantee = Fields(
  {
    resource: Optional(
      ResourceList(
        'Amounts that are kept free for the queue and those below it even while they are idle, within its capability. Cut while all guarantees together are more than the cluster has: see the conditions.',
      ),
    ),
  },
  'What no other queue may use. Devices in the units of all vendors (sluice.dev/gpu, sluice.dev/gpu-memory) cannot be guaranteed.',
);

const spec = Fields(
  {
    weight: Optional(
      Int32('Share of the cluster relative to all other queues.', { default: 1, minimum: 1, maximum: 65_535 }),
    ),
    capability: Optional(
      ResourceList(
        'Upper limit: the queue and all queues below it together never hold more than this. A resource that is not listed has none. Devices that pods claim are counted under <class>.deviceclass.resource.k8s.io/devices, or a name by which pods may ask for the class. Devices of all vendors are counted in one unit under sluice.dev/gpu (npu, tpu and so on), and by their memory under sluice.dev/gpu-memory.',
      ),
    ),
    deserved: Optional(
      ResourceList(
        'What the queue is entitled to, within its capability, and at least its guarantee. With the plugin capacity it is what shares are measured by, and what the queue has taken back from others where the action reclaim runs. With proportion it comes before anything is shared out by weight, as far as the queue asks for it, and is what is taken back; a resource that is not listed goes by weight alone, and devices of a class that pods claim are not shared out. With drf and its switch enableHierarchy it says nothing.',
      ),
    ),
    guarantee: Optional(guarantee),
    reclaimable: Optional(
      Type.Boolean({
        description:
          'Whether other queues may take back what this one holds beyond what it deserves, where the action reclaim runs. Unset counts as true.',
      }),
    ),
    parent: Optional(
      Text(
        'Queue that this one is a part of; empty for the root. A queue that others name here cannot be deleted. Its capability holds for the whole branch. Siblings share what their parent has with the plugin capacity, or drf, and its switch enableHierarchy; else shares are given as if all queues were siblings.',
      ),
    ),
    priority: Optional(Int32('Queues with a higher value are served first.', { minimum: 0 })),
    dequeueStrategy: Optional(
      Enum(
        ['fifo', 'traverse'],
        'What happens while the first group in line waits for room: fifo gives none to those behind it, traverse goes on with the next. Who can never start, or lacks pods of its own, holds nobody up.',
        { default: 'traverse' },
      ),
    ),
    affinity: Optional(affinity),
    type: Optional(Text('Free text that says what kind of queue this is; nothing is done with it.')),
    extendClusters: Optional(List(extendCluster, `Other clusters that take work of the queue. ${STORED}`)),
  },
  'What the queue may hold and how it shares with others.',
);

const reservation = Fields(
  {
    nodes: Optional(List(Text('Name of a node.'), 'Nodes that are kept for the queue.')),
    resource: Optional(ResourceList('What the nodes offer together.')),
  },
  `What is kept aside for the queue at this moment. ${STORED}`,
);

const condition = Fields(
  {
    type: Optional(Text(`What is told: ${QUEUE_CONDITIONS.join(' or ')}.`)),
    status: Optional(Text('True, False or Unknown.', { maxLength: 32 })),
    reason: Optional(Text('Code that says why.', { maxLength: 1024 })),
    message: Optional(Text('A sentence that says why.', { maxLength: 32_768 })),
    lastTransitionTime: Optional(Timestamp('When the condition took this status.')),
  },
  'One thing that is known of the queue.',
);

const usage = Fields(
  {
    mean: Optional(Text('Part of the cluster from 0 to 1, as a number in a text.', { maxLength: 32 })),
    time: Optional(Timestamp('When it was so much.')),
  },
  'What the queue and the queues below it have held over time, older times counting less. Kept with the plugin usage-share alone, so that it outlives the scheduler.',
);

const status = Fields(
  {
    state: Optional(
      Text('Open takes new work; Closing lets running work end; Closed has none left; Unknown: neither could be told.'),
    ),
    unknown: Optional(Int32('Groups in the phase Unknown.')),
    pending: Optional(Int32('Groups that wait to be considered.')),
    inqueue: Optional(Int32('Groups that were let in and wait for their nodes.')),
    running: Optional(Int32('Groups that run.')),
    completed: Optional(Int32('Groups that have finished.')),
    reservation: Optional(reservation),
    conditions: Optional(
      List(
        condition,
        `What is wrong with the queue as it is written. ${GUARANTEE_KEPT} is False while all guarantees together are more than the cluster has, and this one is kept in part. ${PARENT_KNOWN} is False while a queue above it is missing or above itself, or its annotation volcano.sh/hierarchy cannot be read, where shares go by the tree of queues: it takes no new work then. Else they are absent.`,
        { maxItems: 16 },
      ),
    ),
    usage: Optional(usage),
    allocated: ResourceList('What the placed pods of the queue, and of the queues below it, hold.'),
  },
  'How full the queue is; written by the scheduler and the controllers.',
);

const schema = Fields(
  { ...OBJECT_HEAD, spec: Optional(spec), status: Optional(status) },
  'A Queue shares the cluster between groups of work: it has a weight, limits and claims, and may be part of another.',
);

/** A Queue as it travels; defaults are there once an API server has filled them in. */
export type Queue = Readable<Static<typeof schema>>;

/** How full comes first, then how many wait. */
const columns: readonly PrinterColumn[] = [
  { name: 'State', type: 'string', jsonPath: '.status.state', description: 'Whether it takes new work' },
  { name: 'Parent', type: 'string', jsonPath: '.spec.parent', description: 'The queue above' },
  { name: 'Weight', type: 'integer', jsonPath: '.spec.weight', description: 'Share relative to its siblings' },
  { name: 'CPU', type: 'string', jsonPath: '.status.allocated.cpu', description: 'CPUs held' },
  { name: 'GPU', type: 'string', jsonPath: '.status.allocated.nvidia\\.com/gpu', description: 'GPUs held' },
  { name: 'Pending', type: 'integer', jsonPath: '.status.pending', description: 'Groups that wait to be considered' },
  { name: 'Inqueue', type: 'integer', jsonPath: '.status.inqueue', description: 'Groups let in, waiting for nodes' },
  { name: 'Running', type: 'integer', jsonPath: '.status.running', description: 'Groups that run' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation' },
  { name: 'Memory', type: 'string', jsonPath: '.status.allocated.memory', description: 'Memory held', wide: true },
  { name: 'CPU-Limit', type: 'string', jsonPath: '.spec.capability.cpu', description: 'CPUs at most', wide: true },
  {
    name: 'GPU-Limit',
    type: 'string',
    jsonPath: '.spec.capability.nvidia\\.com/gpu',
    description: 'GPUs at most',
    wide: true,
  },
  {
    name: 'Memory-Limit',
    type: 'string',
    jsonPath: '.spec.capability.memory',
    description: 'Memory at most',
    wide: true,
  },
];

/** Queue of scheduling.volcano.sh/v1beta1. */
export const QUEUE_KIND: KindDefinition = {
  type: QUEUES,
  shortNames: ['q', 'queue-v1beta1'],
  hasStatusSubresource: true,
  columns,
  schema,
};

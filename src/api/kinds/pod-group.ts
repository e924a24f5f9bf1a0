import type { Static } from 'typebox';
import type { KindDefinition, PrinterColumn } from './crd.ts';
import { DEFAULT_QUEUE, GROUP_NAME_ANNOTATION } from '../keys.ts';
import { networkTopology } from './network-topology.ts';
import { POD_GROUPS } from '../resources.ts';
import {
  ATOMIC,
  Fields,
  Int32,
  LabelSelector,
  List,
  MapOf,
  OBJECT_HEAD,
  Optional,
  ResourceList,
  Text,
  Timestamp,
} from './schema-helper.ts';
import type { Readable } from './schema-helper.ts';

/** Room for the summary of why a large gang does not fit. */
const MESSAGE_LENGTH = 32_768;

const subGroupPolicy = Fields(
  {
    name: Optional(Text('Name of the policy in messages, unique in the group.')),
    networkTopology: Optional(networkTopology),
    subGroupSize: Optional(
      Int32('Pods of one part that are placed together or not at all. Further ones follow one by one.', {
        default: 1,
        minimum: 1,
      }),
    ),
    minSubGroups: Optional(Int32('Parts that have to be placed for the group to start.', { default: 0, minimum: 0 })),
    labelSelector: Optional(
      LabelSelector(
        'Pods of the group that the policy is for; without one, all of them. The first policy that selects a pod counts.',
      ),
    ),
    matchLabelKeys: Optional(
      List(
        Text('Label key.', { maxLength: 317 }),
        'Pods with equal values of these labels form one part; without any, all pods of the policy do. A pod that lacks one of them is not of the policy.',
        {
          maxItems: 64,
          ...ATOMIC,
        },
      ),
    ),
  },
  'Splits pods of the group into parts that are each placed and evicted as a whole.',
);

const spec = Fields(
  {
    minMember: Optional(Int32('Pods that are placed together or not at all.', { minimum: 0 })),
    minTaskMember: Optional(
      MapOf(Int32('Pods of the role that are placed together.'), 'The same for each role of the group.'),
    ),
    // No default of the schema: it would come before the webhook, which knows the namespace's own.
    queue: Optional(
      Text(`Queue that the group waits in; without one, its namespace's default queue, else ${DEFAULT_QUEUE}.`),
    ),
    priorityClassName: Optional(Text('PriorityClass of the group; empty takes the global default.')),
    minResources: Optional(
      ResourceList('What has to be free before the group is let in; usually the requests of minMember pods.'),
    ),
    networkTopology: Optional(networkTopology),
    subGroupPolicy: Optional(
      List(
        subGroupPolicy,
        'Parts of the group that are each placed and evicted as a whole. Pods of none stand for themselves.',
        { maxItems: 1024 },
      ),
    ),
  },
  'What has to be placed together, and where it waits until then.',
);

const condition = Fields(
  {
    type: Optional(Text('Unschedulable or Scheduled.')),
    status: Optional(Text('True, False or Unknown.', { maxLength: 32 })),
    transitionID: Optional(Text('Id of the scheduling session that wrote the condition.')),
    lastTransitionTime: Optional(Timestamp('When the condition took this status.')),
    reason: Optional(Text('Code that says why.', { maxLength: 1024 })),
    message: Optional(Text('A sentence that says why.', { maxLength: MESSAGE_LENGTH })),
  },
  'One thing that is known of the group.',
);

const status = Fields(
  {
    phase: Optional(
      Text(
        'Pending waits to be let in, Inqueue for nodes; Running has enough pods; Unknown runs with too few; Completed ended.',
      ),
    ),
    conditions: Optional(List(condition, 'What is known of the group.', { maxItems: 64 })),
    running: Optional(Int32('Pods that run.')),
    succeeded: Optional(Int32('Pods that ended well.')),
    failed: Optional(Int32('Pods that failed.')),
  },
  'Where the group stands; written by the scheduler.',
);

const schema = Fields(
  { ...OBJECT_HEAD, spec: Optional(spec), status: Optional(status) },
  'A PodGroup is a gang: pods that are placed together or not at all. Pods name it in the annotation ' +
    `${GROUP_NAME_ANNOTATION}.`,
);

/** A PodGroup as it travels. */
export type PodGroup = Readable<Static<typeof schema>>;

/** Volcano's columns: scripts read them. */
const columns: readonly PrinterColumn[] = [
  { name: 'STATUS', type: 'string', jsonPath: '.status.phase', description: 'Where the group stands' },
  { name: 'minMember', type: 'integer', jsonPath: '.spec.minMember', description: 'Pods placed together' },
  { name: 'RUNNINGS', type: 'integer', jsonPath: '.status.running', description: 'Pods that run' },
  { name: 'AGE', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation' },
  { name: 'QUEUE', type: 'string', jsonPath: '.spec.queue', description: 'Queue that the group waits in', wide: true },
  {
    name: 'OWNER',
    type: 'string',
    jsonPath: String.raw`.metadata.annotations.sluice\.dev/origin`,
    description: 'Object that the group was made for',
  },
];

/** PodGroup of scheduling.volcano.sh/v1beta1; it has no status subresource there, so it has none here. */
export const POD_GROUP_KIND: KindDefinition = {
  type: POD_GROUPS,
  shortNames: ['pg', 'podgroup-v1beta1'],
  hasStatusSubresource: false,
  columns,
  schema,
};

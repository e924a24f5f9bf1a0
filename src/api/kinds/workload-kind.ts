import Type from 'typebox';
import type { Static, TSchemaOptions } from 'typebox';
import type { KindDefinition, PrinterColumn } from './crd.ts';
import { WORKLOAD_KINDS } from '../resources.ts';
import { Enum, Fields, Int32, List, MapOf, OBJECT_HEAD, Optional, Text } from './schema-helper.ts';
import type { Readable } from './schema-helper.ts';

const SYNTAX =
  'Names with dots between them (spec.template); a key with dots in brackets and quotes; a path that begins with $. starts at the object.';

/** The way to a field, without steps to every entry or item. */
const Path = (description: string) => Text(description, { maxLength: 512 });
const Paths = (description: string) => List(Path(`A path. ${SYNTAX}`), description, { maxItems: 8 });
const RoleName = (description: string, options: TSchemaOptions = {}) =>
  Text(description, { maxLength: 63, ...options });
const LabelKey = (description: string) => Text(description, { maxLength: 317 });

const condition = (description: string) =>
  Fields(
    {
      path: Path('Where the field is; it is compared as a text, so that true matches "true".'),
      values: List(Text('A value.'), 'It holds when the field has one of these.', { minItems: 1, maxItems: 16 }),
    },
    description,
  );

const factor = Fields(
  {
    path: Path('Where the number is: a whole number, or a text that is one.'),
    default: Optional(Int32('The number where the field is missing.', { minimum: 0, maximum: 1_000_000, default: 1 })),
    atMost: Optional(
      Paths('Other numbers that limit this one where they are there, as completions limit parallelism.'),
    ),
    per: Optional(Path('A number to divide by, rounding up; 1 where it is missing.')),
    of: Optional(
      Fields(
        {
          list: Path('Every item of a list ($.spec.scalingGroups[]).'),
          names: Path('Relative to an item: the names of the roles that it is about (roleNames[]).'),
        },
        'The number stands in the first item of this list that names the role; path is relative to that item.',
      ),
    ),
    minus: Optional(Int32('Taken off the number, as a leader is of the size of its group.', { minimum: 0 })),
  },
  'A number.',
);

const lowerBound = Fields(
  {
    path: Path('Where the number is.'),
    when: Optional(condition('It counts only then.')),
    zeroCounts: Optional(Type.Boolean({ description: 'Whether 0 is a lower bound; else it is as good as none.' })),
  },
  'A lower bound of an elastic workload.',
);

const stage = Fields(
  {
    number: Optional(Int32('The stage; 0 starts at once.', { minimum: 0, maximum: 100 })),
    when: Optional(condition('The number counts only then, and else the stage is 0.')),
    inOrderWhen: Optional(condition('When this holds, each role of the list is a stage behind the one before.')),
    after: Optional(
      Path(
        'Relative to the role: the names of roles that it comes after. May go through every item of a list (dependsOn[].name).',
      ),
    ),
  },
  'When the pods of the role start. A stage opens once the members that the stages before it ask for run, so that nobody waits for pods that are made later.',
);

const overhead = Fields(
  {
    paths: Paths('Where it stands, in the format of the amount; the first that is there counts as it is.'),
    factors: Optional(
      Paths('Else: where the part of the amount stands, a number such as 0.1; the first that is there counts.'),
    ),
    percent: Int32('Else this part of the amount.', { minimum: 0, maximum: 1000 }),
    percentWhen: Optional(
      Fields(
        {
          when: condition('It takes the place of percent then.'),
          percent: Int32('Of the amount.', { minimum: 0, maximum: 1000 }),
        },
        'Another part for some objects.',
      ),
    ),
    least: Optional(Text('A quantity: what is worked out of a part is never less.')),
  },
  'What the framework adds to the amount by itself.',
);

const size = Fields(
  {
    resource: Text('The resource, such as cpu.'),
    paths: Paths('Where the amount is; the first that is there counts.'),
    format: Optional(
      Enum(['Quantity', 'Jvm'], 'Quantity of Kubernetes, or a size as the JVM writes it (512m, 4g).', {
        default: 'Quantity',
      }),
    ),
    default: Optional(Text('The amount where there is none, in the same format.')),
    overhead: Optional(overhead),
  },
  'What one pod asks for of one resource. Entries for the same resource are added up.',
);

const role = Fields(
  {
    at: Optional(
      Path(
        'Where the role is: a field, every entry of a map (spec.pytorchReplicaSpecs.*) or every item of a list (spec.replicatedJobs[]). The object itself when it is left out. Paths of the role are relative to it.',
      ),
    ),
    keys: Optional(
      List(Text('A key.'), 'Of the entries of a map, only these, and in this order.', { minItems: 1, maxItems: 32 }),
    ),
    name: Optional(RoleName('Name of the role; else nameFrom, else the key in lower case.')),
    nameFrom: Optional(Path('Where the name is.')),
    template: Optional(Path('Where the template of its pods is (metadata and spec).')),
    sizeFrom: Optional(Path('The template whose pods are as large, where the role has none of its own.')),
    podSpec: Optional(Path('Where the spec of its pods is, when there is no template around it.')),
    size: Optional(List(size, 'What one pod asks for, when there is no pod spec.', { maxItems: 16 })),
    count: Optional(
      List(factor, 'How many pods: these numbers multiplied. One pod when it is left out.', {
        minItems: 1,
        maxItems: 4,
      }),
    ),
    lowerBounds: Optional(
      List(lowerBound, 'The first that is there takes the place of the first number for the minimum.', { maxItems: 4 }),
    ),
    suspended: Optional(Path('Where it says that the role has no pods at present.')),
    unless: Optional(condition('There is no such role then.')),
    stage: Optional(stage),
  },
  'Pods of one kind.',
);

const pods = Fields(
  {
    roleLabels: List(LabelKey('A label.'), 'Labels of a pod that say its role; the first that is there counts.', {
      minItems: 1,
      maxItems: 4,
    }),
    roles: Optional(
      MapOf(RoleName('The role.'), 'Roles by value of the label, where the value is not the name.', {
        maxProperties: 32,
      }),
    ),
    otherwise: Optional(RoleName('The role of pods without such a label, or with a value that is not in roles.')),
    isEnd: Optional(
      Type.Boolean({ description: 'The value ends in a dash and the role, as names of what is made for a role do.' }),
    ),
    named: Optional(
      Fields(
        {
          path: Path('Where a pod names the object (metadata.labels.app).'),
          when: Optional(condition('It does so only then; the path is one of the pod.')),
        },
        'For pods that the object does not control: how they name it. An object of that name in their namespace is theirs.',
      ),
    ),
  },
  'How a pod tells its role.',
);

const child = Fields(
  {
    group: Optional(Text('API group; empty for the core one.')),
    kind: Text('Kind.'),
    role: RoleName('The role of its pods.'),
  },
  'Objects that the controller makes and whose pods have one role, whatever their labels say.',
);

const spec = Fields(
  {
    group: Text('API group of the kind.', { minLength: 1 }),
    versions: List(Text('A version.'), 'Versions that the paths are right for, the preferred one first.', {
      minItems: 1,
      maxItems: 8,
    }),
    kind: Text('Name of the kind, such as PyTorchJob.', { minLength: 1 }),
    resource: Text('Its plural in the API, such as pytorchjobs.', { minLength: 1 }),
    grouping: Enum(
      ['Workload', 'Replica', 'Pod', 'Children'],
      'Workload: the object is one gang. Replica: each replica is one, told apart by replicaLabel. Pod: each pod stands for itself. Children: the objects that its controller makes are planned for themselves. The last two hand down the queue.',
    ),
    replicaLabel: Optional(
      LabelKey(
        'For Replica: the label of a pod that says of which replica it is. Of a pod without it, the number at the end of its name counts.',
      ),
    ),
    roles: Optional(List(role, 'Roles, in the order in which an overall minimum is given out.', { maxItems: 16 })),
    minAvailable: Optional(
      Path(
        'Where the overall minimum is. Where it differs from the sum of the roles it is given out in the order of the roles, to each as many as it has pods.',
      ),
    ),
    queue: Optional(Paths('Where the queue is, beside the labels and annotations that every object has for it.')),
    priorityClass: Optional(Paths('Where the priority class is; else that of the first template that names one.')),
    suspend: Optional(Path('Where it says that the object wants no pods at present.')),
    suspendWhen: Optional(condition('The object wants no pods at present when this holds, too.')),
    notPreemptible: Optional(
      List(
        condition('Its pods are never evicted for others then.'),
        'When one of these holds, none of its pods is evicted for others, as with volcano.sh/preemptable: "false" on the object, which every kind has.',
        { maxItems: 8 },
      ),
    ),
    pods: Optional(pods),
    children: Optional(List(child, 'What is made beside the pods.', { maxItems: 8 })),
  },
  'How objects of the kind are read.',
);

const schema = Fields(
  { ...OBJECT_HEAD, spec },
  'A WorkloadKind says how objects of a kind are read, so that their pods form gangs: which roles they have, how many pods each, which start first. Its name is that of the resource: <resource>.<group>.',
);

/** A WorkloadKind as it travels. */
export type WorkloadKind = Readable<Static<typeof schema>>;
/** How objects of one kind are read. */
export type WorkloadKindSpec = WorkloadKind['spec'];
/** One of its roles. */
export type RoleRule = NonNullable<WorkloadKindSpec['roles']>[number];
/** One number of a role's count. */
export type CountFactor = NonNullable<RoleRule['count']>[number];
/** What one pod asks for of one resource. */
export type SizeRule = NonNullable<RoleRule['size']>[number];
/** Something that has to hold in the object. */
export type FieldCondition = NonNullable<RoleRule['unless']>;

const columns: readonly PrinterColumn[] = [
  { name: 'Kind', type: 'string', jsonPath: '.spec.kind', description: 'The kind' },
  { name: 'Grouping', type: 'string', jsonPath: '.spec.grouping', description: 'What forms a gang' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation' },
];

/** WorkloadKind of sluice.dev/v1alpha1. */
export const WORKLOAD_KIND_KIND: KindDefinition = {
  type: WORKLOAD_KINDS,
  shortNames: ['wk'],
  hasStatusSubresource: false,
  columns,
  schema,
};

import { MAX_KEPT_LENGTH } from '../limits.ts';
import type { TSchema } from 'typebox';
import type { KindDefinition, PrinterColumn } from './crd.ts';
import { CONFLICT_RULES, ENFORCEMENTS, MISSING_RULES } from '../records/policy.ts';
import { NAMESPACED_WORKLOAD_POLICIES, WORKLOAD_POLICIES } from '../resources.ts';
import {
  ATOMIC,
  Enum,
  Fields,
  Int32,
  LabelSelector,
  List,
  MapOf,
  OBJECT_HEAD,
  Optional,
  rule,
  Text,
  Timestamp,
} from './schema-helper.ts';

/** Condition of a policy: what it says now is in force. */
const READY = 'Ready';
/** Condition of a policy: one that comes before it writes another value to a field that it writes. */
const CONFLICTING = 'Conflicting';

const KEY_LENGTH = 317;
const LABEL_VALUE_LENGTH = 63;
const SHORT_LIST = { maxItems: 64, ...ATOMIC };
const NAMES = { maxItems: 256, ...ATOMIC };

const objects = List(
  Fields(
    {
      group: Optional(Text('API group; empty for pods and the rest of the core group.', { default: '' })),
      resource: Text('Plural name such as jobs or pods; * for every kind of the group.', { minLength: 1 }),
    },
    'A kind of object.',
  ),
  'Kinds of the object that is written: a Job, a CronJob, a Deployment, a pod that somebody makes. Empty for all.',
  SHORT_LIST,
);

const roots = List(
  Fields(
    {
      group: Optional(Text('API group; empty for pods and the rest of the core group.', { default: '' })),
      kind: Text('Kind such as RayJob or Pod; * for every kind of the group.', { minLength: 1 }),
    },
    'A kind of root.',
  ),
  'Kinds of the object that the work begins with: of a pod that an operator makes the SparkApplication or RayJob that it is for, else the object that is written. An owner counts only where Sluice knows its kind and has found it. What controllers of the cluster make from a template is looked at in that template, and not once more.',
  SHORT_LIST,
);

function match(isNamespaced: boolean, part: 'match' | 'exclude', description: string) {
  const namespaces = Fields(
    {
      names: Optional(List(Text('Name of a namespace.'), 'Namespaces by name.', NAMES)),
      selector: Optional(LabelSelector('Namespaces by their labels.')),
    },
    'Namespaces; both members must hold where both are given.',
  );
  return Fields(
    {
      ...(isNamespaced ? {} : { namespaces: Optional(namespaces) }),
      objects: Optional(objects),
      ...(part === 'match' ? { roots: Optional(roots) } : {}),
      selector: Optional(
        LabelSelector(
          'Labels of the pods, as their template has them, and of the object itself where the template does not have the key. Keys that Sluice writes (volcano.sh/queue-name, volcano.sh/task-spec), or that the policy sets itself, cannot be asked for.',
        ),
      ),
      users: Optional(
        List(
          Text('Name of a user.', { maxLength: 512 }),
          'Users who write the object: one of these, or of the groups.',
          NAMES,
        ),
      ),
      groups: Optional(
        List(
          Text('Name of a group.', { maxLength: 512 }),
          'Groups of users: who writes the object is in one of these, or is one of the users.',
          NAMES,
        ),
      ),
      when: Optional(
        Text(
          'Expression in CEL that answers true or false, over object, oldObject, request and namespaceObject (name and labels). It is asked last, where all else holds, about the object as it is sent, and must not depend on what policies write. See the page on CEL for what may be used.',
          { maxLength: 4096 },
        ),
      ),
    },
    description,
  );
}

const onConflict = Optional(
  Enum(
    CONFLICT_RULES,
    'What happens when the object has another value: IfAbsent keeps it, Override replaces it, RejectOnConflict refuses the object. Pods that controllers of the cluster make from a template only get what is absent.',
    { default: 'IfAbsent' },
  ),
);

function named(what: string) {
  return Fields({ name: Text(`Name of the ${what}.`, { minLength: 1 }), onConflict }, `The ${what} to use.`);
}

function entries(what: string, valueLength: number) {
  const values = MapOf(Text('Value.', { maxLength: valueLength }), `The ${what} by key.`, {
    minProperties: 1,
    maxProperties: 64,
  });
  return Fields(
    { values, onConflict },
    `Pods get these ${what}. Keys of Kubernetes, of Volcano and of Sluice cannot be set. A label of a pod that has an owner, or that its owner selects by, is never replaced.`,
  );
}

const toleration = Fields(
  {
    key: Optional(Text('Key of the taint; empty for all, with Exists.', { maxLength: KEY_LENGTH })),
    operator: Optional(Enum(['Equal', 'Exists'], 'How the value counts.', { default: 'Equal' })),
    value: Optional(Text('Value of the taint, with Equal.', { maxLength: LABEL_VALUE_LENGTH })),
    effect: Optional(Enum(['', 'NoSchedule', 'PreferNoSchedule', 'NoExecute'], 'Effect of the taint; empty for all.')),
    tolerationSeconds: Optional(
      Int32('How long a taint with NoExecute is put up with; absent for ever.', { minimum: 0 }),
    ),
  },
  'A taint that is put up with.',
  {
    'x-kubernetes-validations': [
      {
        rule: "!has(self.operator) || self.operator == 'Equal' || !has(self.value) || self.value == ''",
        message: 'value must be empty with Exists',
      },
      {
        rule: "(has(self.key) && self.key != '') || (has(self.operator) && self.operator == 'Exists')",
        message: 'without a key the operator must be Exists',
      },
      {
        rule: "!has(self.tolerationSeconds) || (has(self.effect) && self.effect == 'NoExecute')",
        message: 'tolerationSeconds only counts with NoExecute',
      },
    ],
  },
);

const requirement = Fields(
  {
    key: Text('Label key of the node.', { minLength: 1, maxLength: KEY_LENGTH }),
    operator: Enum(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'], 'How the label is compared.'),
    values: Optional(
      List(
        Text('One value.', { maxLength: LABEL_VALUE_LENGTH }),
        'Values for In and NotIn, one number for Gt and Lt.',
        SHORT_LIST,
      ),
    ),
  },
  'One requirement on the labels of a node.',
  {
    'x-kubernetes-validations': [
      {
        rule: "!(self.operator in ['In', 'NotIn']) || (has(self.values) && size(self.values) > 0)",
        message: 'In and NotIn need values',
      },
      {
        rule: "!(self.operator in ['Exists', 'DoesNotExist']) || !has(self.values) || size(self.values) == 0",
        message: 'Exists and DoesNotExist take no values',
      },
      {
        rule: "!(self.operator in ['Gt', 'Lt']) || (has(self.values) && size(self.values) == 1)",
        message: 'Gt and Lt take one value',
      },
    ],
  },
);

const set = Fields(
  {
    queue: Optional(named('queue')),
    gang: Optional(
      Fields(
        { minMembers: Int32('Pods that start together.', { minimum: 1, maximum: 1_000_000 }), onConflict },
        'How few pods of a Job, or of an object of a workload kind that forms gangs, have to start together; never more than it runs at once. Of several roles the first ones get it first. Jobs of Volcano keep the minima of their tasks; other objects have no use for it.',
      ),
    ),
    priorityClass: Optional(
      Fields(
        {
          name: Text('Name of the priority class.', { minLength: 1 }),
          onConflict,
        },
        'The priority class to use. A class that is the default of the cluster counts as absent on a pod.',
        rule("!self.name.startsWith('system-')", 'classes with system- are kept for what the cluster itself needs'),
      ),
    ),
    runtimeClass: Optional(named('runtime class')),
    tolerations: Optional(
      Fields(
        { ensure: List(toleration, 'Added where nothing as wide is there.', { minItems: 1, ...SHORT_LIST }) },
        'Taints that the pods put up with.',
      ),
    ),
    nodeRequirements: Optional(
      Fields(
        {
          all: List(requirement, 'All must hold, whatever else the pod asks for.', { minItems: 1, ...SHORT_LIST }),
        },
        'What nodes must be: added to every required term of the node affinity.',
      ),
    ),
    schedulingGate: Optional(
      Fields(
        {
          name: Text('Name of the gate, with a domain of yours: example.com/data-ready.', {
            minLength: 1,
            maxLength: KEY_LENGTH,
          }),
        },
        'A gate that new pods get, and wait at until whoever it belongs to takes it away. Nobody takes it away by itself.',
      ),
    ),
    labels: Optional(entries('labels', LABEL_VALUE_LENGTH)),
    annotations: Optional(entries('annotations', 4096)),
    dataLocality: Optional(
      Text(
        'Datasets of the namespace that the pods are to be near, such as `a,b!` (`!` for those that must be near), for pods that name none themselves.',
        { maxLength: 1024 },
      ),
    ),
    accelerators: Optional(
      Text(
        'Accelerators in words, such as `8 x gpu, memory >= 80Gi`, for pods that bring no wish of their own. Say `may come` where nodes that have them may still come: else work is refused while no node has them.',
        { maxLength: 1024 },
      ),
    ),
  },
  'What is written to the pods and to the templates of pods.',
  { minProperties: 1 },
);

function spec(isNamespaced: boolean) {
  return Fields(
    {
      priority: Optional(
        Int32(
          'Of two policies that write one field the first decides: policies of the cluster before those of a namespace, then the higher priority, then the name.',
          { default: 0, minimum: -1_000_000, maximum: 1_000_000 },
        ),
      ),
      match: Optional(
        match(isNamespaced, 'match', 'What the policy is for: everything that is given must hold. Absent for all.'),
      ),
      exclude: Optional(
        match(isNamespaced, 'exclude', 'What the policy is not for: each thing that is given excludes by itself.'),
      ),
      set,
      onMissingReference: Optional(
        Enum(
          MISSING_RULES,
          'When the queue, priority class or runtime class does not exist: Deny refuses the object, Warn and Ignore leave the field out, with and without a word.',
          { default: 'Warn' },
        ),
      ),
      onFailedExpression: Optional(
        Enum(
          MISSING_RULES,
          'When an expression in match or exclude gives no answer, because it reads what is not there or takes too many steps: Deny refuses the object, Warn and Ignore leave the policy out, with and without a word.',
          { default: 'Deny' },
        ),
      ),
      enforcement: Optional(
        Enum(
          ENFORCEMENTS,
          'Enforce writes and refuses. Warn writes, and warns where it would refuse. DryRun writes nothing: what it would write is told and counted.',
          { default: 'Enforce' },
        ),
      ),
    },
    'For whom the policy is and what it writes.',
  );
}

const condition = Fields(
  {
    type: Text(`What is told: ${READY} or ${CONFLICTING}.`),
    status: Text('True, False or Unknown.', { maxLength: 32 }),
    reason: Optional(Text('Code that says why.', { maxLength: 1024 })),
    message: Optional(Text('A sentence that says why, with the path of the field.', { maxLength: 32_768 })),
    lastTransitionTime: Optional(Timestamp('When the condition took this status.')),
  },
  'One thing that is known of the policy.',
);

const generation = (description: string) => Optional(Int32(description, { minimum: 0 }));

const status = Fields(
  {
    observedGeneration: generation('The generation that the rest of the status is about.'),
    inForceGeneration: generation('The last generation that could be read: it is in force. 0 for none.'),
    inForceSpec: Optional(
      Text(
        `The spec of that generation in JSON: what is in force, after a restart too, while the present one cannot be read. A spec of more than ${MAX_KEPT_LENGTH} characters is not kept.`,
        { maxLength: MAX_KEPT_LENGTH },
      ),
    ),
    conditions: Optional(
      List(
        condition,
        `${READY} is True while what the policy says is in force. ${CONFLICTING} is True while a policy that comes before it writes another value to the same field of the same objects, as far as can be told.`,
        { maxItems: 16 },
      ),
    ),
    conflicts: Optional(Int32('Fields in which a policy that comes before it decides.')),
  },
  'Whether the policy is in force; written by Sluice.',
);

const columns: readonly PrinterColumn[] = [
  { name: 'Priority', type: 'integer', jsonPath: '.spec.priority', description: 'Higher ones decide first' },
  { name: 'Enforcement', type: 'string', jsonPath: '.spec.enforcement', description: 'Enforce, Warn or DryRun' },
  {
    name: 'Ready',
    type: 'string',
    jsonPath: `.status.conditions[?(@.type=="${READY}")].status`,
    description: 'Whether what it says is in force',
  },
  { name: 'Conflicts', type: 'integer', jsonPath: '.status.conflicts', description: 'Fields that another one decides' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation' },
  {
    name: 'Message',
    type: 'string',
    jsonPath: `.status.conditions[?(@.type=="${READY}")].message`,
    description: 'Why it is not ready',
    wide: true,
  },
];

function schema(isNamespaced: boolean, description: string): TSchema {
  return Fields({ ...OBJECT_HEAD, spec: spec(isNamespaced), status: Optional(status) }, description);
}

/** WorkloadPolicy of sluice.dev/v1alpha1: for all namespaces, or those that it names. */
export const POLICY_KIND: KindDefinition = {
  type: WORKLOAD_POLICIES,
  shortNames: ['wp'],
  hasStatusSubresource: true,
  columns,
  schema: schema(
    false,
    'A WorkloadPolicy says what work gets at the door, whoever submits it: queue, priority, tolerations, nodes.',
  ),
};

/** NamespacedWorkloadPolicy of sluice.dev/v1alpha1: for its own namespace and no other. */
export const NAMESPACED_POLICY_KIND: KindDefinition = {
  type: NAMESPACED_WORKLOAD_POLICIES,
  shortNames: ['nwp'],
  hasStatusSubresource: true,
  columns,
  schema: schema(
    true,
    'A NamespacedWorkloadPolicy says what work of its own namespace gets at the door. Policies of the cluster come before it.',
  ),
};

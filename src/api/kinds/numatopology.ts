import Type from 'typebox';
import type { KindDefinition } from './crd.ts';
import { NUMATOPOLOGIES } from '../resources.ts';
import { ATOMIC, Fields, Int32, List, MapOf, OBJECT_HEAD, Optional, Text } from './schema-helper.ts';

const SET_LENGTH = 4096;
const MOST_CPUS = 8192;

/** Far more than pods on a node. */
const MOST_PODS = 4096;
const MOST_CONTAINERS = 256;
const MOST_ZONES = 256;

const NO_EFFECT = 'It has no effect.';

const amount = Fields(
  {
    allocatable: Optional(
      Text('Units that no container has for itself, as a set such as 0-15,32. Of cpu they are looked at.', {
        maxLength: SET_LENGTH,
      }),
    ),
    capacity: Optional(Int32(`Units that there are. ${NO_EFFECT}`)),
  },
  'What the node has of a resource.',
);

const cpu = Fields(
  {
    numa: Optional(Int32('NUMA node of the CPU.')),
    socket: Optional(Int32('Socket of the CPU.')),
    core: Optional(Int32('Core of the CPU.')),
  },
  'Where a CPU is.',
);

const container = Fields(
  {
    name: Optional(Text(`Name of the container. ${NO_EFFECT}`)),
    allocations: Optional(
      MapOf(
        Text('A set of CPUs, or an amount.', { maxLength: SET_LENGTH }),
        'What the container has, by resource; cpu is looked at.',
      ),
    ),
  },
  'What a container has for itself.',
);

const pod = Fields(
  {
    uid: Optional(Text('UID of the pod.')),
    name: Optional(Text('Name of the pod, where its UID is not told.')),
    namespace: Optional(Text('Namespace of the pod, where its UID is not told.')),
    containerAllocations: Optional(
      List(container, 'What each of its containers has: which NUMA node comes free when the pod goes.', {
        maxItems: MOST_CONTAINERS,
        ...ATOMIC,
      }),
    ),
  },
  'A pod whose containers have some of the node for themselves.',
);

/** An amount of more than 32 bits. */
function Bytes(description: string) {
  return Optional(Type.Integer({ description, minimum: 0 }));
}

const table = Fields(
  {
    total: Bytes(`All there is. ${NO_EFFECT}`),
    systemReserved: Bytes(`What the node keeps for itself. ${NO_EFFECT}`),
    allocatable: Bytes('What containers may have.'),
    reserved: Bytes(`What containers have. ${NO_EFFECT}`),
    free: Bytes('What no container has.'),
  },
  'Bytes of memory, or of huge pages.',
);

const memory = Fields(
  {
    numberOfAssignments: Optional(Int32(`How many containers have some. ${NO_EFFECT}`)),
    memoryMap: Optional(MapOf(table, 'What the NUMA node has, by resource: memory, hugepages-2Mi, hugepages-1Gi.')),
    cells: Optional(
      List(Int32('A NUMA node.'), `NUMA nodes that give memory together with this one. ${NO_EFFECT}`, {
        maxItems: MOST_ZONES,
        ...ATOMIC,
      }),
    ),
  },
  'Memory of a NUMA node.',
);

const spec = Fields(
  {
    policies: Optional(
      MapOf(
        Text('Name of the policy.'),
        "Policies of the node's kubelet: CPUManagerPolicy, MemoryManagerPolicy and TopologyManagerPolicy. TopologyManagerScope (container or pod) is looked at, too; Volcano's exporter does not tell it.",
      ),
    ),
    resReserved: Optional(MapOf(Text('An amount.'), 'What the node keeps for itself, by resource; cpu is looked at.')),
    numares: Optional(MapOf(amount, 'What the node has left, by resource; cpu is looked at.')),
    cpuDetail: Optional(MapOf(cpu, 'Where each CPU is, by its number.', { maxProperties: MOST_CPUS })),
    podAllocations: Optional(
      List(pod, 'Pods that have what is not left; where none is named, it is worked out by how much is not left.', {
        maxItems: MOST_PODS,
        ...ATOMIC,
      }),
    ),
    MemoryDetail: Optional(
      MapOf(memory, 'Memory of each NUMA node, by its number, as the state of the memory manager has it.'),
    ),
  },
  'How CPUs and memory of a node are laid out, and what of them is in use.',
);

const schema = Fields(
  { ...OBJECT_HEAD, spec: Optional(spec) },
  'A Numatopology tells how CPUs and memory of the node of its name are laid out; exporters on nodes write it. The plugin numa-aware of the scheduler reads it.',
);

/** Numatopology of nodeinfo.volcano.sh/v1alpha1. */
export const NUMATOPOLOGY_KIND: KindDefinition = {
  type: NUMATOPOLOGIES,
  shortNames: ['numatopo'],
  hasStatusSubresource: false,
  columns: [],
  schema,
};

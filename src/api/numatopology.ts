import type { KindDefinition } from './crd.ts';
import { NUMATOPOLOGIES } from './resources.ts';
import { Fields, Int32, MapOf, OBJECT_HEAD, Optional, Text } from './schema-helper.ts';

const SET_LENGTH = 4096;

const amount = Fields(
  {
    allocatable: Optional(Text('Units that pods may get, as a set such as 0-15,32.', { maxLength: SET_LENGTH })),
    capacity: Optional(Int32('Units that there are.')),
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

const spec = Fields(
  {
    policies: Optional(
      MapOf(Text('Name of the policy.'), 'Policies of the kubelet: CPUManagerPolicy and TopologyManagerPolicy.'),
    ),
    resReserved: Optional(MapOf(Text('An amount.'), 'What the node keeps for itself, by resource.')),
    numares: Optional(MapOf(amount, 'What the node has, by resource.')),
    cpuDetail: Optional(MapOf(cpu, 'Where each CPU is, by its number.')),
  },
  'How CPUs and devices of a node are laid out.',
);

const schema = Fields(
  { ...OBJECT_HEAD, spec: Optional(spec) },
  'A Numatopology tells how CPUs and devices of the node of its name are laid out; exporters on nodes write it. Stored only: it has no effect yet.',
);

/** Numatopology of nodeinfo.volcano.sh/v1alpha1. */
export const NUMATOPOLOGY_KIND: KindDefinition = {
  type: NUMATOPOLOGIES,
  shortNames: ['numatopo'],
  hasStatusSubresource: false,
  columns: [],
  schema,
};

import { conditionList } from './condition-list.ts';
import type { KindDefinition } from './crd.ts';
import { COLOCATION_CONFIGURATIONS } from '../resources.ts';
import { Fields, Int32, LabelSelector, OBJECT_HEAD, Optional } from './schema-helper.ts';

const percent = (description: string, byDefault: number) =>
  Optional(Int32(description, { default: byDefault, minimum: 0, maximum: 100 }));

const memoryQos = Fields(
  {
    highRatio: percent('Percent of its limit from which a pod is slowed down.', 100),
    lowRatio: percent('Percent of its request that is taken back last.', 0),
    minRatio: percent('Percent of its request that is never taken back.', 0),
  },
  'How the memory of the pods is guarded on their nodes.',
);

const spec = Fields(
  { selector: Optional(LabelSelector('Pods that are meant.')), memoryQos: Optional(memoryQos) },
  'Which pods are meant, and how they share their nodes.',
);

const status = Fields(
  {
    conditions: Optional(
      conditionList('What is known of it; nothing of Sluice writes one.', {
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['type'],
      }),
    ),
  },
  'What became of it.',
);

const schema = Fields(
  { ...OBJECT_HEAD, spec, status: Optional(status) },
  'A ColocationConfiguration tells agents on nodes how pods share them. Stored only: Sluice has no such agent, and it has no effect.',
);

/** ColocationConfiguration of config.volcano.sh/v1alpha1. */
export const COLOCATION_CONFIGURATION_KIND: KindDefinition = {
  type: COLOCATION_CONFIGURATIONS,
  shortNames: [],
  hasStatusSubresource: true,
  columns: [],
  schema,
};

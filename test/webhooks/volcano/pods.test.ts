import { expect } from 'chai';
import { readResourceGroups } from '../../../src/config/read-resource-groups.ts';
import type { ResourceGroup } from '../../../src/api/resource-group.ts';
import { arrayAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { validateNewPod } from '../../../webhooks/volcano/disruption-annotations.ts';
import { mutateByResourceGroup } from '../../../webhooks/volcano/resource-groups.ts';
import { created, request, view } from '../fixture.ts';

const TOLERATION = { key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' };
const AFFINITY = { nodeAffinity: {} };

const CONFIGURATION = {
  resourceGroups: [
    {
      resourceGroup: 'management',
      object: { key: 'namespace', value: ['ops', 'logs'] },
      schedulerName: 'default-scheduler',
      tolerations: [TOLERATION],
      labels: { pool: 'management' },
    },
    {
      resourceGroup: 'cpu',
      object: { key: 'annotation', value: ['team: red', 'team: "blue"'] },
      labels: { pool: 'cpu' },
    },
    { resourceGroup: 'gpu', schedulerName: 'volcano', affinity: JSON.stringify(AFFINITY) },
    { resourceGroup: 'late', object: { key: 'namespace', value: ['ops'] }, schedulerName: 'nobody' },
  ],
};

function groups(raw: unknown = CONFIGURATION): readonly ResourceGroup[] {
  const read = readResourceGroups(raw);
  if (read.kind === 'errors') throw new Error(JSON.stringify(read.errors));
  return read.value;
}

function pod(spec: JsonObject = {}, annotations: JsonObject = {}): JsonObject {
  return {
    metadata: { name: 'p', annotations },
    spec: { schedulerName: 'default-scheduler', containers: [], ...spec },
  };
}

describe('resource groups of the admission configuration of Volcano', () => {
  const cases: readonly (readonly [string, string, JsonObject, JsonObject])[] = [
    [
      'a pod of a namespace of the group is given nodes, tolerations and scheduler',
      'ops',
      pod({ schedulerName: 'volcano', nodeSelector: { pool: 'mine', zone: 'a' }, tolerations: [{ key: 'x' }] }),
      {
        schedulerName: 'default-scheduler',
        nodeSelector: { pool: 'management', zone: 'a' },
        tolerations: [{ key: 'x' }, TOLERATION],
      },
    ],
    [
      'a toleration that it has is not added again',
      'logs',
      pod({ tolerations: [TOLERATION] }),
      { schedulerName: 'default-scheduler', nodeSelector: { pool: 'management' }, tolerations: [TOLERATION] },
    ],
    ['an annotation decides', 'team', pod({}, { team: 'red' }), { nodeSelector: { pool: 'cpu' } }],
    ['any of those that are listed', 'team', pod({}, { team: 'blue' }), { nodeSelector: { pool: 'cpu' } }],
    ['another value does not', 'team', pod({}, { team: 'green' }), {}],
    [
      'without a word the annotation of the group does',
      'team',
      pod({}, { 'volcano.sh/resource-group': 'gpu' }),
      { schedulerName: 'volcano', affinity: AFFINITY },
    ],
    [
      'an affinity of its own stays',
      'team',
      pod({ affinity: { podAffinity: {} } }, { 'volcano.sh/resource-group': 'gpu' }),
      { schedulerName: 'volcano', affinity: { podAffinity: {} } },
    ],
    ['a pod of no group stays as it is', 'team', pod(), {}],
  ];
  for (const [name, namespace, object, changes] of cases) {
    it(name, () => {
      const cluster = view({ resourceGroups: groups() });
      const after = created(mutateByResourceGroup, object, cluster, { namespace });
      expect(after['spec']).to.deep.equal({ ...(object['spec'] as JsonObject), ...changes });
      expect(created(mutateByResourceGroup, after, cluster, { namespace }), 'a second time').to.deep.equal(after);
    });
  }

  it('are none without a configuration', () => {
    expect(created(mutateByResourceGroup, pod(), view(), { namespace: 'ops' })).to.deep.equal(pod());
    expect([groups(null), groups({}), groups({ resourceGroups: null })]).to.deep.equal([[], [], []]);
  });

  const mistakes: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['a text', 'resourceGroups', ['(root)']],
    ['a setting that is none', { resourcegroups: [] }, ['resourcegroups']],
    ['a group without a name', { resourceGroups: [{}] }, ['resourceGroups[0].resourceGroup']],
    [
      'what pods cannot be told by, and a misspelt field',
      { resourceGroups: [{ resourceGroup: 'a', object: { key: 'label' }, toleration: [] }] },
      ['resourceGroups[0].toleration', 'resourceGroups[0].object.key'],
    ],
    [
      'an annotation without a value, an affinity that is none, a label that is a number',
      {
        resourceGroups: [
          { resourceGroup: 'a', object: { key: 'annotation', value: ['x'] }, affinity: '{', labels: { a: 1 } },
        ],
      },
      ['resourceGroups[0].object.value[0]', 'resourceGroups[0].labels[a]', 'resourceGroups[0].affinity'],
    ],
  ];
  for (const [name, raw, paths] of mistakes) {
    it(`are refused with all mistakes at once: ${name}`, () => {
      const read = readResourceGroups(raw);
      expect(read.kind === 'errors' && read.errors.map(({ path }) => path)).to.deep.equal(paths);
    });
  }
});

describe('annotations about how many pods of a group may go', () => {
  const MIN = 'volcano.sh/jdb-min-available';
  const MAX = 'volcano.sh/jdb-max-unavailable';
  const positive = (value: string, key: string): string =>
    `invalid value <"${value}"> for ${key}, it must be a positive integer`;
  const percentage = (value: string, key: string): string =>
    `invalid value <"${value}"> for ${key}, it must be a valid percentage which between 1% ~ 99%`;
  const cases: readonly (readonly [JsonObject, readonly string[]])[] = [
    [{}, []],
    [{ [MIN]: '3' }, []],
    [{ [MAX]: '50%' }, []],
    [{ [MIN]: '1%' }, []],
    [{ [MIN]: '99%' }, []],
    [{ [MIN]: '0' }, [positive('0', MIN)]],
    [{ [MAX]: '-1' }, [positive('-1', MAX)]],
    [{ [MIN]: '0%' }, [percentage('0%', MIN)]],
    [{ [MAX]: '100%' }, [percentage('100%', MAX)]],
    [{ [MAX]: 'half' }, [percentage('half', MAX)]],
    [{ [MAX]: '' }, [percentage('', MAX)]],
    [{ [MIN]: '1', [MAX]: '1' }, [`not allow configure multiple annotations <[${MIN} ${MAX}]> at same time`]],
  ];
  for (const [annotations, messages] of cases) {
    it(`${JSON.stringify(annotations)}: ${messages.join('; ') || 'fine'}`, () => {
      const verdict = validateNewPod(request({ object: pod({}, annotations) }));
      expect(verdict.kind === 'deny' ? verdict.errors.map(({ message }) => message) : []).to.deep.equal(messages);
    });
  }
});

describe('the gate of the queue', () => {
  const GATE = 'scheduling.volcano.sh/queue-allocation-gate';
  const rows: readonly (readonly [string, JsonObject, JsonObject, readonly string[]])[] = [
    ['is added where a pod asks for it', { schedulerName: 'volcano' }, { [GATE]: 'true' }, [GATE]],
    [
      'comes after the gates of others',
      { schedulerName: 'volcano', schedulingGates: [{ name: 'x' }] },
      { [GATE]: 'true' },
      ['x', GATE],
    ],
    ['is added once', { schedulerName: 'volcano', schedulingGates: [{ name: GATE }] }, { [GATE]: 'true' }, [GATE]],
    ['is not added where nobody asks', { schedulerName: 'volcano' }, { [GATE]: 'false' }, []],
    ['is not added for other schedulers', {}, { [GATE]: 'true' }, []],
    ['is not added to a pod that has its node', { schedulerName: 'volcano', nodeName: 'n' }, { [GATE]: 'true' }, []],
    [
      'is added where a resource group gives it our scheduler',
      {},
      { [GATE]: 'true', 'volcano.sh/resource-group': 'gpu' },
      [GATE],
    ],
  ];
  for (const [name, spec, annotations, want] of rows) {
    it(name, () => {
      const object = pod(spec, annotations);
      const cluster = view({ resourceGroups: groups() });
      const after = created(mutateByResourceGroup, object, cluster, { namespace: 'team' });
      expect(arrayAt(after, 'spec', 'schedulingGates').map((gate) => stringAt(gate, ['name']))).to.deep.equal(want);
    });
  }
});

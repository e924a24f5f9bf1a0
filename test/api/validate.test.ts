import { expect } from 'chai';
import fc from 'fast-check';
import { fileURLToPath } from 'node:url';
import type { PodGroup } from '../../src/api/kinds/pod-group.ts';
import type { Queue } from '../../src/api/kinds/queue.ts';
import { validatePodGroup, validateQueue } from '../../src/api/validate.ts';
import { formatFieldError } from '../../src/lib/field-error.ts';
import { parseQuantity } from '../../src/lib/quantity.ts';
import { runNode } from '../../tools/run-node.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

const FULL_QUEUE: Queue = {
  apiVersion: 'scheduling.volcano.sh/v1beta1',
  kind: 'Queue',
  metadata: { name: 'blue' },
  spec: {
    weight: 4,
    capability: { cpu: 64, memory: '1Ti', 'nvidia.com/gpu': '32' },
    deserved: { cpu: '32' },
    guarantee: { resource: { cpu: '500m' } },
    reclaimable: false,
    parent: 'root',
    priority: 10,
    dequeueStrategy: 'fifo',
    type: 'batch',
    affinity: {
      nodeGroupAffinity: { requiredDuringSchedulingIgnoredDuringExecution: ['fast'] },
      nodeGroupAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: ['slow'] },
    },
    extendClusters: [{ name: 'east', weight: 1, capacity: { cpu: '8' } }],
  },
  status: {
    state: 'Open',
    unknown: 0,
    pending: 1,
    running: 2,
    inqueue: 3,
    completed: 4,
    allocated: { cpu: '1500m' },
    reservation: { nodes: ['a'], resource: { cpu: 1 } },
  },
};

const FULL_GROUP: PodGroup = {
  metadata: { name: 'train', namespace: 'ml' },
  spec: {
    minMember: 4,
    minTaskMember: { worker: 3, master: 1 },
    queue: 'blue',
    priorityClassName: 'high',
    minResources: { cpu: '4' },
    networkTopology: { mode: 'soft', highestTierAllowed: 2 },
    subGroupPolicy: [
      {
        name: 'rack',
        networkTopology: { mode: 'hard', highestTierName: 'rack' },
        subGroupSize: 2,
        minSubGroups: 1,
        labelSelector: {
          matchLabels: { role: 'worker' },
          matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }],
        },
        matchLabelKeys: ['slice'],
      },
    ],
  },
  status: {
    phase: 'Running',
    running: 4,
    succeeded: 0,
    failed: 0,
    conditions: [
      {
        type: 'Scheduled',
        status: 'True',
        transitionID: 'x',
        lastTransitionTime: '2030-01-31T12:00:00Z',
        reason: 'r',
        message: 'm',
      },
    ],
  },
};

function lines(errors: ReturnType<typeof validateQueue>): readonly string[] {
  return errors.map((error) => `${error.kind} ${formatFieldError(error)}`);
}

describe('validateQueue', () => {
  it('takes a queue with every field, and one with none', () => {
    expect(validateQueue(FULL_QUEUE)).to.deep.equal([]);
    expect(validateQueue({})).to.deep.equal([]);
  });

  const cases: Readonly<Record<string, readonly [unknown, readonly string[]]>> = {
    'an object that is none': [7, ['FieldValueInvalid : "7": must be an object']],
    'a weight of zero': [{ spec: { weight: 0 } }, ['FieldValueInvalid spec.weight: "0": must be at least 1']],
    'a weight above the range': [
      { spec: { weight: 65_536 } },
      ['FieldValueInvalid spec.weight: "65536": must be at most 65535'],
    ],
    'a broken weight': [{ spec: { weight: 1.5 } }, ['FieldValueInvalid spec.weight: "1.5": must be a whole number']],
    'a priority beyond 32 bits': [
      { spec: { priority: 2 ** 31 } },
      ['FieldValueInvalid spec.priority: "2147483648": must be at most 2147483647'],
    ],
    'an unknown strategy': [
      { spec: { dequeueStrategy: 'lifo' } },
      ['FieldValueNotSupported spec.dequeueStrategy: "lifo": must be one of fifo, traverse'],
    ],
    'amounts that are none, each with its key': [
      { spec: { capability: { 'nvidia.com/gpu': 'x', cpu: 1.5, memory: {} } } },
      [
        'FieldValueInvalid spec.capability[nvidia.com/gpu]: "x": must be a Kubernetes quantity such as 2, 500m or 16Gi',
        'FieldValueInvalid spec.capability[cpu]: "1.5": must be a text or a whole number',
        'FieldValueInvalid spec.capability[memory]: must be a text or a whole number',
      ],
    ],
    'an item of a list': [
      { spec: { extendClusters: [{}, { name: 3 }] } },
      ['FieldValueInvalid spec.extendClusters[1].name: "3": must be a text'],
    ],
    'null in a list': [
      { spec: { affinity: { nodeGroupAffinity: { [REQUIRED]: [null] } } } },
      [`FieldValueInvalid spec.affinity.nodeGroupAffinity.${REQUIRED}[0]: "null": must be a text`],
    ],
    'a status without amounts': [{ status: {} }, ['FieldValueRequired status.allocated: is required']],
    'a name that is too long': [
      { spec: { parent: 'x'.repeat(254) } },
      [`FieldValueInvalid spec.parent: "${'x'.repeat(120)}...": must have at most 253 characters`],
    ],
  };
  for (const [name, [object, want]] of Object.entries(cases)) {
    it(`reports ${name}`, () => {
      expect(lines(validateQueue(object))).to.deep.equal(want);
    });
  }

  it('counts a character outside the basic plane once, as the API server does', () => {
    expect(validateQueue({ spec: { parent: '😀'.repeat(253) } })).to.deep.equal([]);
  });

  it('counts null members as absent', () => {
    expect(validateQueue({ spec: { weight: null, capability: { cpu: null }, guarantee: null } })).to.deep.equal([]);
  });

  it('answers an object that is too large or too deep with one error', () => {
    const want = ['FieldValueInvalid : is too large or too deep to be checked'];
    const wide = { spec: { extendClusters: Array.from({ length: 60_000 }, () => 1) } };
    expect(lines(validateQueue(wide))).to.deep.equal(want);
    expect(lines(validateQueue(JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)))).to.deep.equal(want);
  });

  it('reports at most twenty mistakes', () => {
    const capability = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`example.com/r${at}`, 'x']));
    expect(validateQueue({ spec: { capability } })).to.have.length(20);
  });

  it('never throws and always answers the same on any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (spec) => {
        expect(validateQueue({ spec })).to.deep.equal(validateQueue({ spec }));
      }),
    );
  });

  it('takes exactly the quantities that the parser reads', () => {
    const texts = fc.string({ unit: fc.constantFrom(...Array.from('019+-.eEinumkKMGTP')), maxLength: 6 });
    fc.assert(
      fc.property(texts, (text) => {
        const taken = validateQueue({ spec: { capability: { cpu: text } } }).length === 0;
        expect(taken).to.equal(parseQuantity(text) !== undefined);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('validatePodGroup', () => {
  it('takes a group with every field, and one with none', () => {
    expect(validatePodGroup(FULL_GROUP)).to.deep.equal([]);
    expect(validatePodGroup({})).to.deep.equal([]);
  });

  it('reports all mistakes at once, keys and items apart from members', () => {
    const group = {
      spec: {
        minMember: -1,
        minTaskMember: { worker: 'x' },
        networkTopology: { mode: 'firm' },
        subGroupPolicy: [{}, { subGroupSize: 0, labelSelector: { matchExpressions: [{ operator: 'In' }] } }],
      },
      status: { conditions: [{ lastTransitionTime: 'now' }] },
    };
    expect(lines(validatePodGroup(group))).to.deep.equal([
      'FieldValueInvalid spec.minMember: "-1": must be at least 0',
      'FieldValueInvalid spec.minTaskMember[worker]: "x": must be a whole number',
      'FieldValueNotSupported spec.networkTopology.mode: "firm": must be one of hard, soft',
      'FieldValueInvalid spec.subGroupPolicy[1].subGroupSize: "0": must be at least 1',
      'FieldValueRequired spec.subGroupPolicy[1].labelSelector.matchExpressions[0].key: is required',
      'FieldValueInvalid status.conditions[0].lastTransitionTime: "now": must be a time such as 2030-01-31T12:00:00Z',
    ]);
  });

  it('is typed: a wrong value does not compile', () => {
    // @ts-expect-error the strategy is one of two words
    const queue: Queue = { spec: { dequeueStrategy: 'lifo' } };
    // @ts-expect-error a count is not a text
    const group: PodGroup = { spec: { minMember: '4' } };
    expect(validateQueue(queue)).to.have.length(1);
    expect(validatePodGroup(group)).to.have.length(1);
  });
});

describe('the generated validators', () => {
  it('load and run where code generation from strings is forbidden', async () => {
    const url = new URL('../../src/api/validate.ts', import.meta.url).href;
    const script = `const { validateQueue } = await import(${JSON.stringify(url)});
      console.log(validateQueue({ spec: { weight: 0 } }).length);`;
    const args = ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', script];
    const { code, stdout, stderr } = await runNode(args, fileURLToPath(new URL('../..', import.meta.url)));
    expect({ code, stdout: stdout.trim(), stderr }).to.deep.equal({ code: 0, stdout: '1', stderr: '' });
  });
});

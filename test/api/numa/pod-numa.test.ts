import { expect } from 'chai';
import { NUMA_POLICY_ANNOTATION } from '../../../src/api/keys.ts';
import { parseCpuSet } from '../../../src/api/numa/cpu-set.ts';
import { ownedBy, readPodNuma } from '../../../src/api/numa/pod-numa.ts';
import { decisionAnnotation } from '../../../src/api/numa/topology-decision.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const limits = (cpu: string, requests?: JsonObject): JsonObject => ({
  resources: { limits: { cpu, memory: '1Gi' }, ...(requests === undefined ? {} : { requests }) },
});
const pod = (...containers: readonly JsonObject[]): JsonObject => ({ containers: [...containers] });

function read(spec: JsonObject, policy = 'restricted'): string {
  const found = readPodNuma(ownedBy(spec), { [NUMA_POLICY_ANNOTATION]: policy });
  return found === undefined ? 'nothing' : found.key;
}

describe('what a kubelet gives a pod for itself', () => {
  const rows: Readonly<Record<string, readonly [JsonObject, string]>> = {
    'whole CPUs and memory': [pod(limits('2')), 'restricted [[false,["cpu",2000],["memory",1048576]]]'],
    'memory alone where CPUs are not whole': [pod(limits('1500m')), 'restricted [[false,["memory",1048576]]]'],
    'the same, requests written out in another way': [
      pod(limits('2', { cpu: '2000m', memory: '1024Mi' })),
      'restricted [[false,["cpu",2000],["memory",1048576]]]',
    ],
    'steps first, and sidecars are none': [
      { initContainers: [limits('1'), { ...limits('1'), restartPolicy: 'Always' }], containers: [limits('2')] },
      'restricted [[true,["cpu",1000],["memory",1048576]],[false,["cpu",1000],["memory",1048576]],[false,["cpu",2000],["memory",1048576]]]',
    ],
    'nothing where a request is less': [pod(limits('2', { cpu: '1', memory: '1Gi' })), 'nothing'],
    'nothing where memory has no limit': [pod({ resources: { limits: { cpu: '2' } } }), 'nothing'],
    'nothing where a second container asks for nothing': [pod(limits('2'), {}), 'nothing'],
    'nothing where amounts are those of the pod': [
      { ...pod(limits('2')), resources: { limits: { cpu: '4' } } },
      'nothing',
    ],
  };
  for (const [name, [spec, want]] of Object.entries(rows)) {
    it(name, () => {
      expect(read(spec)).to.equal(want);
    });
  }

  it('without a policy only whole CPUs count', () => {
    expect(read(pod(limits('2')), 'no-such-policy')).to.match(/^none /);
    expect(read(pod(limits('1500m')), '')).to.equal('nothing');
  });
});

describe('a set of CPUs', () => {
  const rows: readonly (readonly [text: string, want: readonly number[] | undefined])[] = [
    ['', []],
    ['0-2, 5', [0, 1, 2, 5]],
    ['3', [3]],
    ['3-1', undefined],
    ['0-99999', undefined],
    ['a', undefined],
    ['-1', undefined],
  ];
  for (const [text, want] of rows) {
    it(`${JSON.stringify(text)} is ${want === undefined ? 'none' : want.length}`, () => {
      const found = parseCpuSet(text);
      expect(found && [...found]).to.deep.equal(want);
    });
  }
});

describe('what a pod is expected to get', () => {
  it('is told by NUMA node, as Volcano does', () => {
    const shares = [
      {
        zone: 1,
        amounts: new Map([
          ['cpu', 4000],
          ['memory', 1024],
        ]),
      },
    ];
    expect(decisionAnnotation(shares)).to.deep.equal({
      'volcano.sh/topology-decision': '{"1":{"cpu":"4","memory":"1Mi"}}',
    });
    expect(decisionAnnotation([])).to.deep.equal({});
  });
});

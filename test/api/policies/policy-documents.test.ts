import { expect } from 'chai';
import { readPolicyDocuments } from '../../../src/api/policies/policy-documents.ts';
import { formatFieldError } from '../../../src/lib/field-error.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const GPU = document('WorkloadPolicy', 'gpu');
const MINE = document('NamespacedWorkloadPolicy', 'mine');

function document(kind: string, name: string, more = ''): string {
  return `apiVersion: sluice.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: "${name}"${more} }\nspec: { set: { queue: { name: q } } }\n`;
}

function read(configMap: JsonObject): { readonly found: readonly string[]; readonly told: readonly string[] } {
  const { documents, errors } = readPolicyDocuments(configMap, 'team-a');
  return {
    found: documents.map(({ path, type, policy }) => `${path} ${type.kind} ${policy.id}`),
    told: errors.map(formatFieldError),
  };
}

describe('policies in a ConfigMap', () => {
  const good: Readonly<Record<string, readonly [data: JsonObject, found: readonly string[]]>> = {
    'one under a key': [{ a: GPU }, ['data[a][0] WorkloadPolicy gpu']],
    'several under a key and under several, of both kinds': [
      { 'a.yaml': `---\n${GPU}---\n# nothing\n---\n${MINE}`, b: document('WorkloadPolicy', 'cpu') },
      [
        'data[a.yaml][0] WorkloadPolicy gpu',
        'data[a.yaml][1] NamespacedWorkloadPolicy team-a/mine',
        'data[b][0] WorkloadPolicy cpu',
      ],
    ],
    'in JSON': [
      {
        a: '{"apiVersion":"sluice.dev/v1alpha1","kind":"WorkloadPolicy","metadata":{"name":"j"},"spec":{"set":{"queue":{"name":"q"}}}}',
      },
      ['data[a][0] WorkloadPolicy j'],
    ],
    'of the same name in another kind': [
      { a: GPU, b: document('NamespacedWorkloadPolicy', 'gpu', ', namespace: team-a') },
      ['data[a][0] WorkloadPolicy gpu', 'data[b][0] NamespacedWorkloadPolicy team-a/gpu'],
    ],
  };
  for (const [name, [data, found]] of Object.entries(good)) {
    it(`are read: ${name}`, () => expect(read({ data })).to.deep.equal({ found, told: [] }));
  }

  const bad: Readonly<Record<string, readonly [configMap: JsonObject, told: RegExp]>> = {
    'no data': [{}, /^data: holds no policy$/],
    'no documents': [{ data: { a: '# later' } }, /^data: holds no policy$/],
    'no YAML': [{ data: { a: 'a: [' } }, /^data\[a\]\[0\]: is no YAML: Flow sequence/],
    'aliases beyond all bounds': [
      {
        data: {
          a: `a: &a [1]\n${'bcdefgh'
            .split('')
            .map((key, at) => `${key}: &${key} [${`*${'abcdefg'[at]},`.repeat(9)}]`)
            .join('\n')}`,
        },
      },
      /^data\[a\]: is not YAML that can be read: Excessive alias count/,
    ],
    'another kind': [{ data: { a: 'kind: Job\napiVersion: batch/v1' } }, /^data\[a\]\[0\]: is no WorkloadPolicy or/],
    'another version': [
      { data: { a: GPU.replace('v1alpha1', 'v9') } },
      /is no WorkloadPolicy or .* of sluice.dev\/v1alpha1/,
    ],
    'a text': [{ data: { a: 'hello' } }, /^data\[a\]\[0\]: is no WorkloadPolicy/],
    'a mistake in a policy': [
      { data: { a: GPU.replace('name: q', 'name: Q') } },
      /^data\[a\]\[0\]\.spec\.set\.queue\.name: "Q": must be/,
    ],
    'a wish that nobody understands': [
      { data: { a: GPU.replace('queue: { name: q }', 'accelerators: 8 x what is this') } },
      /^data\[a\]\[0\]\.spec\.set\.accelerators: /,
    ],
    'labels of a policy': [
      { data: { a: document('WorkloadPolicy', 'gpu', ', labels: { a: b }') } },
      /^data\[a\]\[0\]\.metadata\.labels: is not taken over/,
    ],
    'another namespace': [
      { data: { a: document('NamespacedWorkloadPolicy', 'mine', ', namespace: team-b') } },
      /metadata\.namespace: "team-b": a policy of a namespace comes from a ConfigMap in it$/,
    ],
    'other namespaces that a policy of a namespace is for': [
      { data: { a: MINE.replace('spec: {', 'spec: { match: { namespaces: { names: [team-b] } },') } },
      /spec\.match/,
    ],
    'a field that does not exist': [
      { data: { a: GPU.replace('queue:', 'quue:') } },
      /^data\[a\]\[0\]\.spec\.set\.quue: there is no field quue/,
    ],
    'no name': [{ data: { a: document('WorkloadPolicy', '') } }, /metadata\.name: must be the name of an object$/],
    'a name that climbs': [{ data: { a: document('WorkloadPolicy', '../x') } }, /metadata\.name: "..\/x": must be/],
    'the same policy twice': [{ data: { a: GPU, b: GPU } }, /^data\[b\]\[0\]\.metadata\.name: "gpu": is in this/],
    'binary data': [{ data: { a: GPU }, binaryData: { b: 'AA==' } }, /^binaryData: policies are texts/],
    'too much': [{ data: { a: '#'.repeat(16_385) } }, /^data: "16385": has more than 16384 characters$/],
  };
  for (const [name, [configMap, told]] of Object.entries(bad)) {
    it(`are refused: ${name}`, () => expect(read(configMap).told.join('; ')).to.match(told));
  }
});

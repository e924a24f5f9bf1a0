import { expect } from 'chai';
import { mistakeLine, nameOf } from '../../../src/cli/policy/manifest.ts';
import { parseManifests, readManifests } from '../../../src/cli/policy/read-manifests.ts';

const TWO = `# a comment
apiVersion: v1
kind: Pod
metadata:
  name: one
  labels:
    app.kubernetes.io/name: x
spec:
  tolerations:
    - key: a
    - key: b
---
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Pod, metadata: {generateName: two-, namespace: n}}
  - apiVersion: v1
    kind: Pod
    metadata: {name: three}
`;

describe('manifests', () => {
  it('are the documents of a text and the entries of its lists, by kind, namespace and name', () => {
    const { manifests, mistakes } = parseManifests(TWO, 'a.yaml');
    expect(mistakes).to.deep.equal([]);
    expect(manifests.map(nameOf)).to.deep.equal(['Pod/one', 'Pod/n/two-', 'Pod/three']);
  });

  const places: readonly (readonly [index: number, path: string, place: string])[] = [
    [0, '', '2:1'],
    [0, 'metadata.name', '5:3'],
    [0, 'metadata.labels[app.kubernetes.io/name]', '7:5'],
    [0, 'spec.tolerations[1].key', '11:7'],
    [0, 'spec.tolerations[1].effect', '11:7'],
    [0, 'spec.affinity.nodeAffinity', '8:1'],
    [2, 'metadata.name', '19:16'],
  ];
  for (const [index, path, place] of places) {
    it(`tell where ${path === '' ? 'they begin' : path} stands, or what is there of it`, () => {
      const { line, column } = parseManifests(TWO, 'a.yaml').manifests[index]?.placeOf(path) ?? { line: 0, column: 0 };
      expect(`${line}:${column}`).to.equal(place);
    });
  }

  const mistakes: readonly (readonly [text: string, told: string])[] = [
    ['a: [1', 'a.yaml:1:6: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['a: 1\na: 2', 'a.yaml:2:1: Map keys must be unique'],
    ['- 1', 'a.yaml:1:1: is no Kubernetes object: it has no apiVersion and kind'],
    ['kind: Pod', 'a.yaml:1:1: is no Kubernetes object: it has no apiVersion and kind'],
  ];
  for (const [text, told] of mistakes) {
    it(`that cannot be read are told with their place: ${text.replace('\n', ' ')}`, () => {
      expect(parseManifests(text, 'a.yaml').mistakes.map(mistakeLine)).to.deep.equal([told]);
    });
  }

  it('that are not there are told too', async () => {
    const { mistakes: told } = await readManifests(['/no/such/file']);
    expect(told.map(mistakeLine)).to.deep.equal(['/no/such/file:1:1: cannot be read: there is no such file']);
  });

  it('may be JSON, empty, or comments alone', () => {
    expect(parseManifests('{"apiVersion": "v1", "kind": "Pod"}', 'a.json').manifests).to.have.length(1);
    expect(parseManifests('# nothing\n---\n', 'a.yaml')).to.deep.equal({ manifests: [], mistakes: [] });
  });
});

import { expect } from 'chai';
import { podImages } from '../../../src/api/projections/pod-images.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

describe('the images of a pod', () => {
  const CASES: readonly (readonly [string, JsonObject, readonly string[]])[] = [
    ['are none for an empty spec', {}, []],
    ['have their tag', { containers: [{ image: 'a:1' }] }, ['a:1']],
    ['are the newest without one', { containers: [{ image: 'a' }] }, ['a:latest']],
    ['are not tagged by the port of a registry', { containers: [{ image: 'host:5000/a' }] }, ['host:5000/a:latest']],
    ['have their digest', { containers: [{ image: 'host:5000/a@sha256:1' }] }, ['host:5000/a@sha256:1']],
    [
      'are those of all containers and volumes, each as often as it is used',
      {
        initContainers: [{ image: 'b:1' }],
        containers: [{ image: 'b:1' }, { image: 'a:1' }, { name: 'none' }],
        volumes: [
          { name: 'v', image: { reference: 'c' } },
          { name: 'w', emptyDir: {} },
        ],
      },
      ['a:1', 'b:1', 'b:1', 'c:latest'],
    ],
  ];
  for (const [name, spec, want] of CASES) it(name, () => expect(podImages(spec)).to.deep.equal(want));
});

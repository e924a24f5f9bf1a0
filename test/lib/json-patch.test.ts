import { expect } from 'chai';
import fc from 'fast-check';
import { pointer } from '../../src/lib/json-patch.ts';

describe('JSON pointer', () => {
  const cases: readonly (readonly [readonly (string | number)[], string])[] = [
    [[], ''],
    [['spec', 'containers', 0], '/spec/containers/0'],
    [['metadata', 'annotations', 'sluice.dev/group-plan'], '/metadata/annotations/sluice.dev~1group-plan'],
    [['a~b'], '/a~0b'],
    [['~1'], '/~01'],
    [['a/~b'], '/a~1~0b'],
    [[''], '/'],
  ];
  for (const [segments, text] of cases) {
    it(`writes ${JSON.stringify(segments)} as ${JSON.stringify(text)}`, () => {
      expect(pointer(...segments)).to.equal(text);
    });
  }

  it('can be read back, whatever the segments', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('~', '/', '0', '1', 'a') })), (segments) => {
        const read = pointer(...segments)
          .split('/')
          .slice(1);
        expect(read.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))).to.deep.equal(segments);
      }),
    );
  });
});

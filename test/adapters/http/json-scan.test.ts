import { expect } from 'chai';
import fc from 'fast-check';
import { scanJson } from '../../../src/adapters/http/json-scan.ts';

describe('JSON scan', () => {
  const rows: Readonly<Record<string, readonly [string, number, number]>> = {
    nothing: ['', 0, 0],
    'a scalar': ['17', 0, 0],
    'an empty object': ['{}', 1, 1],
    'nested containers': ['{"a":[{"b":[]}]}', 4, 4],
    'containers side by side': ['[[],[],[]]', 2, 6],
    'brackets and commas inside strings': ['{"a":"[[[{{{,,,"}', 1, 1],
    'escaped quotes inside strings': [String.raw`{"a\"[":"\\","b":"\"[["}`, 1, 2],
    'a string that never ends': ['["abc[[[', 1, 1],
    'an escape at the very end': [String.raw`["abc\ `.trim(), 1, 1],
    'more closing than opening': [']]]][', 0, 1],
  };
  for (const [name, [text, depth, elements]] of Object.entries(rows)) {
    it(`measures ${name}`, () => {
      expect(scanJson(Buffer.from(text))).to.deep.equal({ depth, elements });
    });
  }

  it('agrees with a walk over the parsed value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(scanJson(Buffer.from(JSON.stringify(value, undefined, 1)))).to.deep.equal(walk(value));
      }),
    );
  });
});

function walk(value: unknown): { readonly depth: number; readonly elements: number } {
  if (typeof value !== 'object' || value === null) return { depth: 0, elements: 0 };
  const inner = Object.values(value).map(walk);
  const commas = Math.max(0, inner.length - 1);
  return {
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
    elements: 1 + commas + inner.reduce((sum, { elements }) => sum + elements, 0),
  };
}

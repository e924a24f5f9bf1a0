import { expect } from 'chai';
import fc from 'fast-check';
import { LineSplitter } from '../../../../src/adapters/kube/read/line-splitter.ts';

describe('line splitter', () => {
  it('gives the same lines however the bytes are cut', () => {
    const line = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\n', ''));
    fc.assert(
      fc.property(fc.array(line), line, fc.array(fc.nat({ max: 30 })), (lines, tail, cuts) => {
        const text = lines.map((entry) => `${entry}\n`).join('') + tail;
        const splitter = new LineSplitter(10_000);
        const got: string[] = [];
        for (const chunk of cut(Buffer.from(text), cuts)) splitter.push(chunk, (entry) => got.push(entry) > 0);
        expect(got).to.deep.equal(lines.filter((entry) => entry !== '').map((entry) => Buffer.from(entry).toString()));
      }),
    );
  });

  const rows: readonly { name: string; chunks: readonly string[]; want: boolean }[] = [
    { name: 'a line of exactly the limit', chunks: ['12345678\n'], want: true },
    { name: 'a line beyond the limit in one chunk', chunks: ['123456789\n'], want: false },
    { name: 'a line beyond the limit in two chunks', chunks: ['12345', '6789\n'], want: false },
    { name: 'a tail beyond the limit', chunks: ['1\n12345', '6789'], want: false },
    { name: 'many short lines', chunks: ['1\n2\n3\n4\n5\n6\n7\n'], want: true },
  ];
  for (const tc of rows) {
    it(`${tc.want ? 'takes' : 'refuses'} ${tc.name}`, () => {
      const splitter = new LineSplitter(8);
      expect(tc.chunks.map((chunk) => splitter.push(Buffer.from(chunk), () => true)).at(-1)).to.equal(tc.want);
    });
  }

  it('hands over nothing after a line that was the last', () => {
    const got: string[] = [];
    new LineSplitter(100).push(Buffer.from('a\nb\nc\n'), (line) => got.push(line) < 2);
    expect(got).to.deep.equal(['a', 'b']);
  });
});

function cut(bytes: Buffer, sizes: readonly number[]): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let start = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(start, start + size));
    start += size;
  }
  return [...chunks, bytes.subarray(start)];
}

import { expect } from 'chai';
import fc from 'fast-check';
import { FrameSplitter } from '../../../../src/adapters/kube/protobuf/frame-splitter.ts';

describe('frame splitter', () => {
  it('gives the same frames however the bytes are cut', () => {
    const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(fc.array(bytes), bytes, fc.array(fc.nat({ max: 30 })), (frames, tail, cuts) => {
        const incomplete = frame(tail).subarray(0, tail.length + 3);
        const stream = Buffer.concat([...frames.map(frame), incomplete]);
        const splitter = new FrameSplitter(10_000);
        const got: string[] = [];
        for (const chunk of cut(stream, cuts)) splitter.push(chunk, (entry) => got.push(entry.toString('hex')) > 0);
        expect(got).to.deep.equal(frames.map((entry) => entry.toString('hex')));
      }),
    );
  });

  const rows: readonly { name: string; chunks: readonly string[]; want: boolean }[] = [
    { name: 'a frame of exactly the limit', chunks: ['00000003', 'aabbcc'], want: true },
    { name: 'a frame that says to be longer', chunks: ['00000004'], want: false },
    { name: 'a later frame that says to be longer', chunks: ['00000001aa', '00000004'], want: false },
    { name: 'many short frames', chunks: ['00000001aa00000001bb00000001cc00000001dd'], want: true },
  ];
  for (const tc of rows) {
    it(`${tc.want ? 'takes' : 'refuses'} ${tc.name}`, () => {
      const splitter = new FrameSplitter(3);
      expect(tc.chunks.map((chunk) => splitter.push(Buffer.from(chunk, 'hex'), () => true)).at(-1)).to.equal(tc.want);
    });
  }

  it('hands over nothing after a frame that was the last', () => {
    const got: string[] = [];
    const chunk = Buffer.concat([frame(Buffer.from('a')), frame(Buffer.from('b')), frame(Buffer.from('c'))]);
    new FrameSplitter(100).push(chunk, (entry) => got.push(entry.toString()) < 2);
    expect(got).to.deep.equal(['a', 'b']);
  });
});

function frame(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/** Cuts the bytes into chunks of these sizes; what remains is the last. */
function cut(bytes: Buffer, sizes: readonly number[]): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let start = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(start, start + size));
    start += size;
  }
  chunks.push(bytes.subarray(start));
  return chunks;
}

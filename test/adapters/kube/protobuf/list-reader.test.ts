import { expect } from 'chai';
import fc from 'fast-check';
import { PROTOBUF_ENCODING } from '../../../../src/adapters/kube/protobuf/protobuf-encoding.ts';
import { JSON_ENCODING } from '../../../../src/adapters/kube/read/json-encoding.ts';
import type { Encoding, ListFault } from '../../../../src/adapters/kube/read/encoding.ts';
import { stringAt } from '../../../../src/lib/json.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import { loadKubernetes } from '../../../../tools/protobuf/kubernetes.ts';
import { KubernetesWriter } from '../../../support/kubernetes-writer.ts';

interface Heard {
  readonly words: string[];
  readonly fault: ListFault | undefined;
  readonly isWhole: boolean;
}

const MOST_BYTES = 500;
const LIST = { metadata: { resourceVersion: '7', continue: 'next' }, items: [pod('a'), pod('b'), pod('c')] };
const WORDS = ['7 next', 'a', 'b', 'c'];

describe('a list that is read as it comes', () => {
  let writer: KubernetesWriter;
  let whole: Buffer;

  before(async () => {
    writer = new KubernetesWriter(await loadKubernetes(), { writesEmpty: false });
    whole = writer.object('v1/PodList', LIST);
  });

  it('is the same wherever it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: whole.length })), (cuts) => {
        expect(read(pieces(whole, cuts))).to.deep.equal({ words: WORDS, fault: undefined, isWhole: true });
      }),
    );
  });

  it('is handed over item by item, its head first', () => {
    const words: string[] = [];
    const reader = PROTOBUF_ENCODING.openList(MOST_BYTES, receiver(words));
    const seen: number[] = [];
    for (const byte of whole) {
      reader.push(Buffer.from([byte]));
      if (words.length > seen.length) seen.push(words.length);
    }
    expect(seen).to.deep.equal([1, 2, 3, 4]);
  });

  it('has no items where it is empty', () => {
    const empty = writer.object('v1/PodList', { metadata: { resourceVersion: '7' }, items: [] });
    expect(read([empty])).to.deep.equal({ words: ['7'], fault: undefined, isWhole: true });
  });

  it('may be of names and versions alone', () => {
    const names = writer.object('meta.k8s.io/v1/PartialObjectMetadataList', LIST);
    expect(read([names]).words).to.deep.equal(WORDS);
  });

  it('ends where nothing more is wanted', () => {
    const words: string[] = [];
    const reader = PROTOBUF_ENCODING.openList(MOST_BYTES, {
      ...receiver(words),
      takeItem: (item) => words.push(nameOf(item)) < 2,
    });
    expect(reader.push(whole)).to.equal('corrupt');
    expect(words).to.deep.equal(['7 next', 'a']);
  });

  it('is never whole when it breaks off', () => {
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), (length) => {
        // The last fields of the envelope say nothing, and are empty here.
        const isAllOfList = read([whole.subarray(0, length)]).words.length === WORDS.length;
        expect(isAllOfList || !read([whole.subarray(0, length)]).isWhole).to.equal(true);
      }),
    );
  });

  it('never throws, whatever bytes are changed', () => {
    const change = fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        read([bytes]);
      }),
    );
  });

  const faults: readonly { name: string; fault: ListFault; bytes: () => Buffer }[] = [
    { name: 'without the envelope', fault: 'corrupt', bytes: () => replaced('k8s\0', 'k9s\0') },
    { name: 'of a kind that is not read', fault: 'corrupt', bytes: () => replaced('PodList', 'CodList') },
    { name: 'that is one object', fault: 'corrupt', bytes: () => writer.object('v1/Pod', pod('a')) },
    {
      name: 'with an item that is longer than the limit',
      fault: 'tooLong',
      bytes: () => writer.object('v1/PodList', { metadata: {}, items: [pod('a'.repeat(MOST_BYTES))] }).subarray(0, -9),
    },
  ];
  for (const { name, fault, bytes } of faults) {
    it(`${name} is told as ${fault}`, () => {
      expect(read([bytes()]).fault).to.equal(fault);
    });
  }

  it('is held as a whole in JSON, up to the limit', () => {
    const text = Buffer.from(JSON.stringify(LIST));
    expect(read(pieces(text, [5, 90]), JSON_ENCODING).words).to.deep.equal(WORDS);
    expect(read([Buffer.from(' '.repeat(MOST_BYTES)), text], JSON_ENCODING).fault).to.equal('tooLong');
    expect(read([text.subarray(1)], JSON_ENCODING)).to.deep.equal({ words: [], fault: undefined, isWhole: false });
  });

  function replaced(what: string, by: string): Buffer {
    return Buffer.from(whole.toString('latin1').replace(what, by), 'latin1');
  }
});

function pod(name: string): JsonObject {
  return { metadata: { name } };
}

function nameOf(item: JsonObject): string {
  return stringAt(item, ['metadata', 'name']);
}

function receiver(words: string[]): Parameters<Encoding['openList']>[1] {
  return {
    takeHead: (metadata) =>
      void words.push([stringAt(metadata, ['resourceVersion']), stringAt(metadata, ['continue'])].join(' ').trim()),
    takeItem: (item) => words.push(nameOf(item)) > 0,
  };
}

function read(chunks: readonly Buffer[], encoding: Encoding = PROTOBUF_ENCODING): Heard {
  const words: string[] = [];
  const reader = encoding.openList(MOST_BYTES, receiver(words));
  for (const chunk of chunks) {
    const fault = reader.push(chunk);
    if (fault !== undefined) return { words, fault, isWhole: false };
  }
  return { words, fault: undefined, isWhole: reader.end() };
}

function pieces(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

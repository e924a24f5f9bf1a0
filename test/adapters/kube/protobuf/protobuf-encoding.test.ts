import { expect } from 'chai';
import fc from 'fast-check';
import { PROTOBUF_ENCODING } from '../../../../src/adapters/kube/protobuf/protobuf-encoding.ts';
import { arrayAt } from '../../../../src/lib/json.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import { loadKubernetes } from '../../../../tools/protobuf/kubernetes.ts';
import { KubernetesWriter } from '../../../support/kubernetes-writer.ts';

/** What a reader of events handed over, in words. */
interface Heard {
  readonly words: string[];
  push(bytes: Buffer): boolean;
}

describe('protobuf encoding', () => {
  let writer: KubernetesWriter;

  before(async () => {
    writer = new KubernetesWriter(await loadKubernetes(), { writesEmpty: false });
  });

  it('reads a list with its version, the token of its next page and its items', () => {
    const list = { metadata: { resourceVersion: '7', continue: 'next' }, items: [pod('a'), pod('b')] };
    expect(read('v1/PodList', list)).to.deep.equal(list);
  });

  it('reads a refusal with its code, reason and the time to wait', () => {
    const status = { message: 'too old', reason: 'Expired', details: { retryAfterSeconds: 3 }, code: 410 };
    expect(read('v1/Status', { status: 'Failure', ...status })).to.deep.equal(status);
  });

  const values: readonly {
    name: string;
    labels?: Record<string, string>;
    spec?: JsonObject;
    created?: string | null;
  }[] = [
    { name: 'a date', created: '2026-11-28T04:00:00Z' },
    { name: 'a date before 1970', created: '1955-11-05T06:15:00Z' },
    { name: 'the zero date', created: null },
    { name: 'letters of every kind', labels: { 'a/b': 'grün 🚀' } },
    { name: 'a negative number', spec: { priority: -1_000_000_000 } },
    { name: 'quantities', spec: { overhead: { cpu: '250m', memory: '1Gi' } } },
    {
      name: 'lists of messages',
      spec: { tolerations: [{ key: 'a', operator: 'Exists' }, { key: 'b' }] },
    },
  ];
  for (const { name, labels, spec = {}, created } of values) {
    it(`reads ${name} as JSON says it`, () => {
      const metadata = {
        name: 'p',
        ...(labels && { labels }),
        ...(created !== undefined && { creationTimestamp: created }),
      };
      expect(read('v1/Pod', { metadata, spec, status: {} })).to.deep.equal({ metadata, spec, status: {} });
    });
  }

  it('reads what pods repeat to the byte once, and what only resembles it anew', () => {
    const owner = (uid: string): JsonObject => ({ apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid });
    const [first, again, other] = ['u-1', 'u-1', 'u-2'].map((uid) =>
      read('v1/Pod', { metadata: { name: 'p', ownerReferences: [owner(uid)] }, spec: {}, status: {} }),
    );
    const ownerOf = (pod: JsonObject | undefined): unknown => arrayAt(pod, 'metadata', 'ownerReferences')[0];
    expect(ownerOf(again)).to.equal(ownerOf(first));
    expect(ownerOf(other)).to.deep.equal(owner('u-2'));
  });

  it('reads a label that is named like the prototype as a label', () => {
    const named = (key: string): Buffer => writer.object('v1/Namespace', { metadata: { labels: { [key]: 'value' } } });
    const bytes = Buffer.from(named('xxxxxxxxx').toString('latin1').replace('xxxxxxxxx', '__proto__'), 'latin1');
    const labels = JSON.stringify(PROTOBUF_ENCODING.readObject(bytes));
    expect(labels).to.equal('{"metadata":{"labels":{"__proto__":"value"}}}');
  });

  it('hands over events with their type, however they are cut', () => {
    const heard = listen();
    const bytes = Buffer.concat(
      ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'].map((type) => writer.event(type, 'v1/Pod', pod(type.toLowerCase()))),
    );
    for (const byte of bytes) heard.push(Buffer.from([byte]));
    heard.push(writer.event('ERROR', 'v1/Status', { code: 410 }));
    expect(heard.words).to.deep.equal([
      'ADDED added',
      'MODIFIED modified',
      'DELETED deleted',
      'BOOKMARK bookmark',
      'ERROR',
    ]);
  });

  const unreadable: readonly { name: string; event: () => Buffer }[] = [
    { name: 'of a type that nobody knows', event: () => writer.event('RENAMED', 'v1/Pod', pod('a')) },
    { name: 'of a kind that is not read', event: () => replaced('Pod', 'Cod') },
    { name: 'without the envelope', event: () => replaced('k8s\0', 'k9s\0') },
    { name: 'whose object breaks off', event: () => Buffer.from('0000000a0a05414444454412020a09', 'hex') },
  ];
  for (const { name, event } of unreadable) {
    it(`tells an event ${name}, and hands over nothing after it`, () => {
      const heard = listen();
      heard.push(Buffer.concat([event(), writer.event('ADDED', 'v1/Pod', pod('later'))]));
      expect(heard.words).to.deep.equal(['unreadable']);
    });
  }

  it('reads no object in another encoding', () => {
    const json = Buffer.from('{"metadata":{"name":"a"}}');
    expect(PROTOBUF_ENCODING.readObject(json)).to.equal(undefined);
  });

  it('never throws, whatever bytes are changed or missing', () => {
    const whole = writer.object('v1/PodList', { metadata: { resourceVersion: '7' }, items: [pod('a'), pod('b')] });
    const change = fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 3 }), fc.nat({ max: whole.length }), (changes, length) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        PROTOBUF_ENCODING.readObject(bytes.subarray(0, length));
      }),
    );
  });

  function read(kind: string, json: JsonObject): JsonObject | undefined {
    return PROTOBUF_ENCODING.readObject(writer.object(kind, json));
  }

  /** A framed event of a pod with four letters in its envelope replaced by others. */
  function replaced(what: string, by: string): Buffer {
    const event = writer.event('ADDED', 'v1/Pod', { metadata: {} });
    return Buffer.from(event.toString('latin1').replace(what, by), 'latin1');
  }

  function listen(): Heard {
    const words: string[] = [];
    const events = PROTOBUF_ENCODING.openEvents(100_000, {
      takeEvent: (type, { metadata }) => words.push([type, nameOf(metadata)].join(' ').trim()) > 0,
      takeUnreadable: () => void words.push('unreadable'),
    });
    return { words, push: (bytes) => events.push(bytes) };
  }
});

function pod(name: string): JsonObject {
  return { metadata: { name, resourceVersion: '5' } };
}

function nameOf(metadata: unknown): string {
  return typeof metadata === 'object' && metadata !== null && 'name' in metadata ? String(metadata.name) : '';
}

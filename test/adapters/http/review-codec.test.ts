import { expect } from 'chai';
import {
  decodeReview,
  EVERYDAY_ELEMENTS,
  MAX_BODY_BYTES,
  MAX_DEPTH,
  MAX_ELEMENTS,
} from '../../../src/adapters/http/review-codec.ts';
import { objectAt } from '../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import { podReview } from './webhook-harness.ts';

const REVIEW = podReview('u1', { app: 'x' });
const OBJECT = objectAt(REVIEW, 'request', 'object');

function bytes(value: unknown): Buffer {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

function withRequest(changes: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const request = { ...objectAt(REVIEW, 'request'), ...changes };
  return { ...REVIEW, request: JSON.parse(JSON.stringify(request)) as JsonObject };
}

describe('review codec', () => {
  it('reads every part that decisions may depend on', () => {
    const userInfo = {
      username: 'alice',
      uid: 'u7',
      groups: ['team-a', 7],
      extra: { scopes: ['view'], odd: 'text' },
    };
    expect(decodeReview(bytes(withRequest({ userInfo })))).to.deep.equal({
      kind: 'request',
      request: {
        uid: 'u1',
        group: '',
        version: 'v1',
        resource: 'pods',
        subresource: '',
        operation: 'CREATE',
        namespace: 'lab',
        name: '',
        username: 'alice',
        userGroups: ['team-a'],
        userUid: 'u7',
        userExtra: { scopes: ['view'], odd: [] },
        object: OBJECT,
        oldObject: undefined,
        dryRun: false,
      },
    });
  });

  const accepted: Readonly<Record<string, JsonObject>> = {
    'a request without the members that may be left out': withRequest({
      namespace: undefined,
      oldObject: undefined,
      dryRun: undefined,
      userInfo: undefined,
    }),
    'null where a member may be left out': withRequest({ name: null, namespace: null, dryRun: null, userInfo: null }),
    'an update': withRequest({ operation: 'UPDATE', oldObject: OBJECT }),
    'a deletion': withRequest({ operation: 'DELETE', object: null, oldObject: OBJECT }),
    'a connection': withRequest({ operation: 'CONNECT', object: null, subResource: 'exec' }),
    'members nobody knows': { ...withRequest({ later: [1] }), extra: true },
  };
  for (const [name, review] of Object.entries(accepted)) {
    it(`takes ${name}`, () => {
      expect(decodeReview(bytes(review)).kind).to.equal('request');
    });
  }

  const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
  const refused: Readonly<Record<string, unknown>> = {
    'no bytes': '',
    text: 'hello',
    'half a review': JSON.stringify(REVIEW).slice(0, -3),
    'a review and a half': `${JSON.stringify(REVIEW)}{}`,
    'a byte order mark': `\uFEFF${JSON.stringify(REVIEW)}`,
    null: null,
    'a list': [REVIEW],
    'a string': JSON.stringify('x'),
    'another version of the review': { ...REVIEW, apiVersion: 'admission.k8s.io/v1beta1' },
    'another kind': { ...REVIEW, kind: 'Pod' },
    'a kind in other letters': { ...REVIEW, kind: 'admissionreview' },
    'no request': { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' },
    'a request that is a list': { ...REVIEW, request: [] },
    'a request by inheritance': `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","__proto__":${JSON.stringify({ request: REVIEW['request'] })}}`,
    'no uid': withRequest({ uid: undefined }),
    'an empty uid': withRequest({ uid: '' }),
    'a uid that is a number': withRequest({ uid: 7 }),
    'a uid of absurd length': withRequest({ uid: 'x'.repeat(257) }),
    'no resource': withRequest({ resource: undefined }),
    'a resource that is a string': withRequest({ resource: 'pods' }),
    'a resource without a name': withRequest({ resource: { group: '', version: 'v1', resource: '' } }),
    'a resource without a version': withRequest({ resource: { group: '', version: '', resource: 'pods' } }),
    'a resource without a group': withRequest({ resource: { version: 'v1', resource: 'pods' } }),
    'no operation': withRequest({ operation: undefined }),
    'an operation in small letters': withRequest({ operation: 'create' }),
    'an operation of Object.prototype': withRequest({ operation: 'constructor' }),
    'a namespace that is an object': withRequest({ namespace: {} }),
    'a subresource that is a number': withRequest({ subResource: 0 }),
    'a name that is false': withRequest({ name: false }),
    'a user that is a string': withRequest({ userInfo: 'alice' }),
    'a user name that is a list': withRequest({ userInfo: { username: ['alice'] } }),
    'a dry run that is a word': withRequest({ dryRun: 'false' }),
    'an object that is a string': withRequest({ object: 'pod' }),
    'an object that is a list': withRequest({ object: [] }),
    'an old object that is a number': withRequest({ oldObject: 1 }),
    'a creation without object': withRequest({ object: null }),
    'an update without old object': withRequest({ operation: 'UPDATE' }),
    'an update without object': withRequest({ operation: 'UPDATE', object: null, oldObject: OBJECT }),
    'a deletion without old object': withRequest({ operation: 'DELETE', object: null }),
    'a nesting too deep': `{"a":${deep(MAX_DEPTH)}}`,
    'a nesting absurdly deep': deep(1_000_000),
    'a large body of another kind': JSON.stringify({ kind: 'Pod', ...Object(REVIEW) })
      .replace('"object":{', `"object":{"a":${deep(MAX_DEPTH)},`)
      .replace('AdmissionReview', 'Pod'),
    'objects too far behind the start': JSON.stringify(withRequest({ namespace: 'x'.repeat(64 * 1024) })).replace(
      '"object":{',
      `"object":{"a":${deep(MAX_DEPTH)},`,
    ),
    'too many values': `[${'0,'.repeat(MAX_ELEMENTS)}0]`,
    'too many empty objects': `[${'{},'.repeat(MAX_ELEMENTS)}{}]`,
  };
  for (const [name, body] of Object.entries(refused)) {
    it(`refuses ${name} with one line`, () => {
      const decoded = decodeReview(bytes(body));
      expect(decoded.kind).to.equal('refused');
      if (decoded.kind === 'refused') expect(decoded.message).to.match(/^[^\n]{10,120}$/);
    });
  }

  it('refuses bytes that are not UTF-8 even inside a string', () => {
    const body = bytes(REVIEW);
    body[body.indexOf('alice')] = 0xff;
    expect(decodeReview(body)).to.deep.equal({ kind: 'refused', message: 'the body is not UTF-8' });
  });

  it('refuses a byte more than 7 MiB and takes exactly 7 MiB', () => {
    const text = JSON.stringify(REVIEW);
    expect(decodeReview(Buffer.concat([bytes(text), Buffer.alloc(MAX_BODY_BYTES - text.length, ' ')])).kind).to.equal(
      'request',
    );
    expect(decodeReview(Buffer.alloc(MAX_BODY_BYTES + 1, ' ')).kind).to.equal('refused');
  });

  it('takes a nesting of exactly the limit', () => {
    const levels = MAX_DEPTH - 3;
    const body = JSON.stringify(withRequest({ object: {} })).replace('"object":{}', `"object":{"a":${deep(levels)}}`);
    expect(decodeReview(Buffer.from(body)).kind).to.equal('request');
    expect(decodeReview(Buffer.from(body.replace('[[', '[[[').replace(']]', ']]]'))).kind).to.equal('unread');
  });

  describe('a review that is not read', () => {
    /** A review whose objects hold so many values together, and whatever else is said. */
    const large = (values: number, changes: Readonly<Record<string, JsonValue>> = {}): Buffer => {
      const review = withRequest({ object: { a: [] }, oldObject: undefined, ...changes });
      const text = JSON.stringify(review);
      const others = text.match(/[,[{]/g)?.length ?? 0;
      return bytes(text.replace('"a":[]', `"a":[${'0,'.repeat(values - others)}0]`));
    };
    const update = { operation: 'UPDATE', oldObject: {} };
    const rows: Readonly<Record<string, readonly [body: Buffer, message: string]>> = {
      'a value more than the limit': [large(MAX_ELEMENTS + 1), 'it has 100001 values, and 100000 are read'],
      'a change that brings a value more than twice the limit': [
        large(2 * MAX_ELEMENTS + 1, update),
        'it and its earlier form have 200001 values, and 200000 are read',
      ],
      'an object that nests too deep': [
        bytes(JSON.stringify(withRequest({ object: { a: [] } })).replace('"a":[]', `"a":${deep(MAX_DEPTH - 2)}`)),
        'it nests 65 levels deep, and 64 are read',
      ],
      'an absurd nesting that never ends': [
        bytes(JSON.stringify(withRequest({ object: { a: [] } })).replace('"a":[]', `"a":${'['.repeat(1_000_000)}`)),
        'it nests 1000003 levels deep, and 64 are read',
      ],
    };
    for (const [name, [body, message]] of Object.entries(rows)) {
      it(`has a head that says whose answer it wants, and why not: ${name}`, () => {
        const decoded = decodeReview(body);
        if (decoded.kind !== 'unread') throw new Error(decoded.kind);
        expect(decoded.why).to.deep.equal({ reason: 'ObjectTooLarge', message });
        expect(decoded.request).to.deep.include({ uid: 'u1', resource: 'pods', username: 'alice', object: {} });
      });
    }

    it('is none at the limits', () => {
      expect(decodeReview(large(MAX_ELEMENTS)).kind).to.equal('request');
      expect(decodeReview(large(2 * MAX_ELEMENTS, update)).kind).to.equal('request');
    });

    it('is one of more values than everyday ones where they may not be read now', () => {
      const asked: number[] = [];
      const mayRead = (values: number): boolean => asked.push(values) > 1;
      expect(decodeReview(large(EVERYDAY_ELEMENTS), mayRead).kind).to.equal('request');
      const later = decodeReview(large(EVERYDAY_ELEMENTS + 1), mayRead);
      expect(later.kind === 'unread' && later.why.reason).to.equal('Overloaded');
      expect(decodeReview(large(EVERYDAY_ELEMENTS + 1), mayRead).kind).to.equal('request');
      expect(asked).to.deep.equal([EVERYDAY_ELEMENTS + 1, EVERYDAY_ELEMENTS + 1]);
    });

    it('is not fooled by what a user may write before its objects', () => {
      const namespace = '\\","object":{}}}';
      const decoded = decodeReview(
        large(MAX_ELEMENTS + 100, { namespace, userInfo: { username: 'eve', extra: { object: ['"object":'] } } }),
      );
      expect(decoded.kind === 'unread' && decoded.request).to.deep.include({ namespace, username: 'eve' });
    });
  });

  it('is not fooled by __proto__ as a member', () => {
    const text = JSON.stringify(withRequest({ object: {} })).replace(
      '"object":{}',
      '"object":{"__proto__":{"spec":1}}',
    );
    const decoded = decodeReview(Buffer.from(text));
    expect(decoded.kind).to.equal('request');
    if (decoded.kind !== 'request') return;
    expect(Object.keys(decoded.request.object ?? {})).to.deep.equal(['__proto__']);
    expect(decoded.request.object?.['spec']).to.equal(undefined);
    expect(Object.getPrototypeOf({})).to.equal(Object.prototype);
  });
});

import { expect } from 'chai';
import {
  allowWith,
  denyWith,
  failWith,
  INTERNAL_ERROR,
  OVERLOADED,
} from '../../../src/engine/admission/admission-answer.ts';
import { REASONS } from '../../../src/api/reasons.ts';
import type { FieldError } from '../../../src/lib/field-error.ts';
import type { AdmissionRequest } from '../../../webhooks/admission.ts';

const REQUEST: AdmissionRequest = {
  uid: 'u1',
  group: '',
  version: 'v1',
  resource: 'pods',
  subresource: '',
  operation: 'CREATE',
  namespace: 'lab',
  name: '',
  username: '',
  userGroups: [],
  userUid: '',
  userExtra: {},
  object: {},
  oldObject: undefined,
  dryRun: false,
};

function errors(count: number): FieldError[] {
  return Array.from({ length: count }, (_unused, ix) => {
    return { path: `spec.f${ix}`, kind: 'FieldValueInvalid', value: '', message: 'no' };
  });
}

describe('review answer', () => {
  const warnings: Readonly<Record<string, readonly [string, string]>> = {
    'keeps a plain line': ['queue is full', 'queue is full'],
    'joins lines': ['one\r\ntwo\n\nthree', 'one two three'],
    'cuts at 120 characters': ['x'.repeat(500), 'x'.repeat(120)],
    'does not leave half a character': [`${'x'.repeat(119)}😀`, `${'x'.repeat(119)}\uFFFD`],
  };
  for (const [name, [given, want]] of Object.entries(warnings)) {
    it(`${name} of a warning`, () => {
      expect(allowWith(REQUEST, [], [given], {}).warnings).to.deep.equal([want]);
    });
  }

  it('shows at most 16 warnings', () => {
    expect(allowWith(REQUEST, [], Array(50).fill('w'), {}).warnings).to.have.length(16);
  });

  it('shows eight errors in words and 64 as causes', () => {
    const answer = denyWith(REQUEST, [{ kind: 'deny', code: 422, reason: 'QueueNotFound', errors: errors(100) }], []);
    expect(answer.denial?.message).to.match(/^spec\.f0: no; .*spec\.f7: no; and 92 more \(QueueNotFound\)$/);
    expect(answer.denial?.causes).to.have.length(64);
    expect(answer.audit).to.deep.equal({ reason: 'QueueNotFound' });
  });

  it('says the reason in words when a refusal names no field', () => {
    const [known, unknown] = ['ProtectedQueue', 'toString'].map((reason) => {
      return denyWith(REQUEST, [{ kind: 'deny', code: 403, reason, errors: [] }], []).denial?.message;
    });
    expect(known).to.equal(REASONS.ProtectedQueue);
    expect(unknown).to.equal('toString');
  });

  it('asks clients to come back after overload only', () => {
    expect(failWith(REQUEST, OVERLOADED, 'deny').denial?.retryAfterSeconds).to.equal(1);
    expect(failWith(REQUEST, INTERNAL_ERROR, 'deny').denial?.retryAfterSeconds).to.equal(0);
  });
});

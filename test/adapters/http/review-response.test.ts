import { expect } from 'chai';
import fc from 'fast-check';
import { encodeReview } from '../../../src/adapters/http/review-response.ts';
import type { ReviewAnswer } from '../../../src/engine/admission/admission-answer.ts';
import type { AdmissionRequest } from '../../../webhooks/admission.ts';

const REQUEST: AdmissionRequest = {
  uid: 'u1',
  group: 'batch',
  version: 'v1',
  resource: 'jobs',
  subresource: '',
  operation: 'CREATE',
  namespace: 'lab',
  name: 'train',
  username: '',
  userGroups: [],
  userUid: '',
  userExtra: {},
  object: {},
  oldObject: undefined,
  dryRun: false,
};
const ALLOWED: ReviewAnswer = { uid: 'u1', denial: undefined, patch: [], warnings: [], audit: {} };

function decode(request: AdmissionRequest, answer: ReviewAnswer): unknown {
  return JSON.parse(encodeReview(request, answer));
}

function envelope(response: object): object {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
}

describe('review response', () => {
  it('says no more than allowed when there is no more to say', () => {
    expect(decode(REQUEST, ALLOWED)).to.deep.equal(envelope({ uid: 'u1', allowed: true }));
  });

  it('carries patch and patch type together, warnings and audit annotations', () => {
    const patch = [{ op: 'add', path: '/metadata/labels/é', value: 'ü' }] as const;
    const answer = { ...ALLOWED, patch, warnings: ['w'], audit: { queue: 'blue' } };
    expect(decode(REQUEST, answer)).to.deep.equal(
      envelope({
        uid: 'u1',
        allowed: true,
        patchType: 'JSONPatch',
        patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
        warnings: ['w'],
        auditAnnotations: { queue: 'blue' },
      }),
    );
  });

  it('tells a refusal as a status with causes, and never with a patch', () => {
    const causes = [
      { path: 'spec.queue', kind: 'FieldValueNotFound', value: 'blu', message: 'no such queue' },
    ] as const;
    const denial = { code: 422, reason: 'QueueNotFound', message: 'm', causes, retryAfterSeconds: 0 };
    const patch = [{ op: 'remove', path: '/x' }] as const;
    expect(decode(REQUEST, { ...ALLOWED, denial, patch })).to.deep.equal(
      envelope({
        uid: 'u1',
        allowed: false,
        status: {
          status: 'Failure',
          code: 422,
          reason: 'QueueNotFound',
          message: 'm',
          details: {
            name: 'train',
            group: 'batch',
            kind: 'jobs',
            causes: [{ reason: 'FieldValueNotFound', message: '"blu": no such queue', field: 'spec.queue' }],
          },
        },
      }),
    );
  });

  it('names no object that has no name yet, and when to come back', () => {
    const denial = { code: 429, reason: 'Overloaded', message: 'm', causes: [], retryAfterSeconds: 1 };
    const text = encodeReview({ ...REQUEST, name: '' }, { ...ALLOWED, denial });
    expect(text).to.contain('"details":{"group":"batch","kind":"jobs","retryAfterSeconds":1}');
  });

  it('echoes any uid exactly', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (uid) => {
        expect(decode({ ...REQUEST, uid }, { ...ALLOWED, uid })).to.deep.equal(envelope({ uid, allowed: true }));
      }),
    );
  });
});

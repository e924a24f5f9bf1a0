import { expect } from 'chai';
import { GROUP_NAME_ANNOTATION, GROUP_PLAN_ANNOTATION } from '../../src/api/keys.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { REGISTRY } from '../../webhooks/registry.ts';
import { OWN_USER, request, summary, view } from './fixture.ts';

const CLUSTER = view({ rights: { bypass: 'enforce', queues: 'enforce' } });

function pod(annotations: JsonObject): JsonObject {
  return { metadata: { name: 'p', annotations }, spec: { schedulerName: 'sluice', containers: [{ name: 'a' }] } };
}

function job(annotations: JsonObject): JsonObject {
  return { metadata: { name: 'j', annotations }, spec: {} };
}

function namespace(label: string): JsonObject {
  return { metadata: { name: 'team-a', labels: { 'sluice.dev/admission': label } } };
}

const OF = { [GROUP_NAME_ANNOTATION]: 'mine' };
const TO = { [GROUP_NAME_ANNOTATION]: 'others' };
const PLANNED = { [GROUP_PLAN_ANNOTATION]: 'another' };

/** Row, what is stored, what is written, and what is said; the metadata come with these subresources. */
const ROWS: readonly (readonly [row: string, before: JsonObject, after: JsonObject, want: RegExp])[] = [
  ['validate-pod-status', pod(OF), pod(TO), /^403 FixedMembership /],
  ['validate-pod-status', pod(OF), pod({ ...OF, ...PLANNED }), /^403 FixedMembership /],
  ['validate-pod-resize', pod(OF), pod(TO), /^403 FixedMembership /],
  ['validate-pod-status', pod(OF), pod({ ...OF, app: 'mine' }), /^allow$/],
  ['validate-job-status', job({}), job(PLANNED), /^403 FixedMembership /],
  ['validate-job-status', job({}), job({ 'sluice.dev/policy-min-member': '1' }), /^403 FixedMembership /],
  ['validate-job-status', job({}), job({ app: 'mine' }), /^allow$/],
  ['validate-namespace-status', namespace('enabled'), namespace('off'), /^403 RightUnknown /],
  ['validate-namespace-finalize', namespace('enabled'), namespace('off'), /^403 RightUnknown /],
];

describe('what is written through a subresource', () => {
  for (const [id, oldObject, object, want] of ROWS) {
    it(`${id}: ${want.source}`, () => {
      const row = REGISTRY.find((one) => one.id === id);
      const about = request({ object, oldObject, operation: 'UPDATE', name: 'team-a', username: 'eve' });
      const verdict = row?.admit(about, CLUSTER, new Map());
      expect(verdict && summary(verdict)).to.match(want);
    });
  }

  it('is for Sluice to write on a Job', () => {
    const row = REGISTRY.find(({ id }) => id === 'validate-job-status');
    const about = request({ object: job(PLANNED), oldObject: job({}), operation: 'UPDATE', username: OWN_USER });
    const verdict = row?.admit(about, CLUSTER);
    expect(verdict && summary(verdict)).to.equal('allow');
  });
});

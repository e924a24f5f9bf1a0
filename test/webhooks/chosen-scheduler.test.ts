import { expect } from 'chai';
import type { JsonObject } from '../../src/lib/json.ts';
import { mutateJob } from '../../webhooks/jobs/mutate.ts';
import { mutatePod } from '../../webhooks/pods/mutate.ts';
import { request, view } from './fixture.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const SPEC = { schedulerName: 'default-scheduler', containers: [] };

/** What kubectl notes of a manifest. */
function applied(spec: JsonObject): JsonObject {
  return { annotations: { [LAST_APPLIED]: JSON.stringify({ spec }) } };
}

function managed(operation: string, fieldsV1: JsonObject): JsonObject {
  return { managedFields: [{ operation, fieldsV1 }] };
}

const CHOSEN = { 'f:spec': { 'f:schedulerName': {} } };

describe('the default scheduler, written by hand', () => {
  const pods: readonly (readonly [string, JsonObject, boolean])[] = [
    ['by kubectl apply', applied({ schedulerName: 'default-scheduler' }), true],
    ['by a server-side apply', managed('Apply', CHOSEN), true],
    ['by nobody', applied({}), false],
    ['by nobody, through a create', managed('Update', CHOSEN), false],
    ['by nobody, in a server-side apply', managed('Apply', { 'f:spec': {} }), false],
  ];
  for (const [name, metadata, isTold] of pods) {
    it(`${name}: ${isTold ? 'taken over with a warning' : 'no warning'}`, () => {
      const verdict = mutatePod(request({ object: { metadata: { name: 'a', ...metadata }, spec: SPEC } }), view());
      const want = 'spec.schedulerName: default-scheduler becomes sluice, which places the pods of this namespace';
      expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal(isTold ? [want] : []);
    });
  }

  it('is looked for in the template of a Job', () => {
    const metadata = managed('Apply', { 'f:spec': { 'f:template': CHOSEN } });
    const object = { metadata: { name: 'a', ...metadata }, spec: { template: { spec: SPEC } } };
    const verdict = mutateJob(request({ object }), view());
    expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal([
      'spec.template.spec.schedulerName: default-scheduler becomes sluice, which places the pods of this namespace',
    ]);
  });
});

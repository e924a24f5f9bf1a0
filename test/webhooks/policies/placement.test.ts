import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import { memberAt } from '../../../src/lib/json.ts';
import type { AdmissionRequest } from '../../../webhooks/admission.ts';
import { mutateJob } from '../../../webhooks/jobs/mutate.ts';
import { compile } from '../../../webhooks/policies/policy-set.ts';
import { policy } from '../../support/policies.ts';
import { patched, request, view } from '../fixture.ts';
import { job } from '../jobs/job-fixture.ts';

const QUEUE = 'volcano.sh/queue-name';
const NAMED = job({ labels: { [QUEUE]: 'named' } });

const byGroup = (onConflict: string): JsonObject => ({
  match: { groups: ['research'], users: ['carol'] },
  set: { queue: { name: 'research', onConflict } },
});

/** The queue that a Job gets in a namespace whose own queue is `usual`. */
function placed(object: JsonObject, over: Partial<AdmissionRequest>, onConflict: string): unknown {
  const cluster = view({
    queues: { default: {}, usual: {}, research: {}, named: {} },
    defaults: { 'team-a': 'usual' },
    policies: compile([policy('by-group', byGroup(onConflict))]),
  });
  const verdict = mutateJob(request({ group: 'batch', resource: 'jobs', object, ...over }), cluster);
  return memberAt(patched(object, verdict), 'metadata', 'labels', QUEUE);
}

describe('the queue of a Job by who submits it', () => {
  const rows: readonly (readonly [
    name: string,
    object: JsonObject,
    over: Partial<AdmissionRequest>,
    onConflict: string,
    queue: string,
  ])[] = [
    ['a group of theirs', job(), { userGroups: ['dev', 'research'] }, 'IfAbsent', 'research'],
    ['their own name', job(), { username: 'carol' }, 'IfAbsent', 'research'],
    ['nothing: the queue of the namespace', job(), { userGroups: ['dev'] }, 'IfAbsent', 'usual'],
    [
      'a group with another ending: the queue of the namespace',
      job(),
      { userGroups: ['research2'] },
      'IfAbsent',
      'usual',
    ],
    [
      'a group, and the Job names a queue: what is named goes first',
      NAMED,
      { userGroups: ['research'] },
      'IfAbsent',
      'named',
    ],
    ['a group, and the policy overrides what is named', NAMED, { userGroups: ['research'] }, 'Override', 'research'],
    ['nothing, and the policy would override', NAMED, {}, 'Override', 'named'],
  ];
  for (const [name, object, over, onConflict, queue] of rows) {
    it(`is told by ${name}`, () => expect(placed(object, over, onConflict)).to.equal(queue));
  }
});

import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import { mutatePodGroup } from '../../../webhooks/pod-groups/mutate.ts';
import { created, OWN_USER, request, summary, view } from '../fixture.ts';

const CLUSTER = view({ defaults: { 'team-a': 'blue' } });

describe('a new PodGroup', () => {
  const queues: readonly (readonly [string, JsonObject, string, string])[] = [
    ['without a queue', { spec: { minMember: 1 } }, 'team-a', 'blue'],
    ['without a spec', {}, 'team-a', 'blue'],
    ['with an empty queue', { spec: { queue: '' } }, 'team-a', 'blue'],
    ['without a queue where the namespace names none', {}, 'team-b', 'default'],
  ];
  for (const [name, object, namespace, want] of queues) {
    it(`${name} goes to ${want}`, () => {
      expect(created(mutatePodGroup, object, CLUSTER, { namespace })['spec']).to.deep.include({ queue: want });
    });
  }

  it('that names its queue is left as it is', () => {
    expect(summary(mutatePodGroup(request({ object: { spec: { queue: 'red' } } }), CLUSTER))).to.equal('allow');
  });

  it("that is a copy of one that Sluice made is nobody's", () => {
    const annotations = { 'sluice.dev/origin': 'Job/train', 'sluice.dev/root-state': 'Ended', note: 'x' };
    const copy = { metadata: { annotations }, spec: { queue: 'red' } };
    expect(created(mutatePodGroup, copy)['metadata']).to.deep.equal({ annotations: { note: 'x' } });
    expect(summary(mutatePodGroup(request({ object: copy, username: OWN_USER }), CLUSTER))).to.equal('allow');
  });
});

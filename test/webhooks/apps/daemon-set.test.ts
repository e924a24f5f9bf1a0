import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import { reviewDaemonSet } from '../../../webhooks/apps/daemon-set.ts';
import { request } from '../fixture.ts';

const BLUE: JsonObject = { labels: { 'volcano.sh/queue-name': 'blue' } };

describe('a DaemonSet', () => {
  const cases: readonly (readonly [string, JsonObject, readonly string[]])[] = [
    ['without a queue', { metadata: {}, spec: { template: { metadata: {} } } }, []],
    [
      'that names a queue',
      { metadata: BLUE },
      ['metadata.labels[volcano.sh/queue-name]: pods of a DaemonSet count in no queue: blue is ignored'],
    ],
    [
      'whose template names a queue',
      { metadata: {}, spec: { template: { metadata: BLUE } } },
      ['spec.template.metadata.labels[volcano.sh/queue-name]: pods of a DaemonSet count in no queue: blue is ignored'],
    ],
  ];
  for (const [name, object, warnings] of cases) {
    it(`${name} is let pass with ${warnings.length === 0 ? 'nothing' : 'a word on that'}`, () => {
      const verdict = reviewDaemonSet(request({ group: 'apps', resource: 'daemonsets', object }));
      expect(verdict).to.deep.include({ kind: 'allow', patch: [], warnings });
    });
  }
});

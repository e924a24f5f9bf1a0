import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import { toldOfNamespace } from '../../../webhooks/namespaces/told.ts';
import { request, view } from '../fixture.ts';

const LABEL = 'sluice.dev/admission';
const QUEUE = 'scheduling.volcano.sh/queue-name';

function namespace(label: string, queue = ''): JsonObject {
  return { metadata: { name: 'team-a', labels: { [LABEL]: label }, annotations: { [QUEUE]: queue } } };
}

describe('who opts a namespace in', () => {
  const WRONG = [`label ${LABEL}=true opts nothing in; that takes enabled`];
  const MISSING = ['queue reserch is not there yet: until it is, work that names no other is refused'];
  const cases: readonly (readonly [string, JsonObject, JsonObject | undefined, readonly string[]])[] = [
    ['rightly is told nothing', namespace('enabled', 'gold'), undefined, []],
    ['by another word is told which one it takes', namespace('true'), undefined, WRONG],
    ['by another word on a namespace that stands is told it, too', namespace('true'), namespace(''), WRONG],
    ['by another word is told once', namespace('true', 'gold'), namespace('true'), []],
    ['out is told nothing', namespace('disabled'), namespace('enabled'), []],
    ['to a queue that is not there is told so', namespace('enabled', 'reserch'), undefined, MISSING],
    ['to a queue that is not there is told once', namespace('', 'reserch'), namespace('enabled', 'reserch'), []],
  ];
  for (const [name, object, oldObject, want] of cases) {
    it(name, () => {
      const operation = oldObject === undefined ? 'CREATE' : 'UPDATE';
      const verdict = toldOfNamespace(request({ operation, object, oldObject }), view({ queues: { gold: {} } }));
      expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal(want);
    });
  }
});

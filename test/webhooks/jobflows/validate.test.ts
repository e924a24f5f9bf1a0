import { expect } from 'chai';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import { stringAt } from '../../../src/lib/json.ts';
import type { Verdict } from '../../../webhooks/verdict.ts';
import { jobflowRights } from '../../../webhooks/jobflows/rights.ts';
import { validateJobflowReview } from '../../../webhooks/jobflows/validate.ts';
import { request, summary, view } from '../fixture.ts';
import { flow, jobflow } from './jobflow-fixture.ts';
import { JOBFLOW_RULES } from './rules.ts';

function review(object: JsonObject): Verdict {
  return validateJobflowReview(request({ object, name: stringAt(object, ['metadata', 'name']) }));
}

function told(verdict: Verdict): readonly string[] {
  return verdict.kind === 'deny' ? verdict.errors.map(({ path, message }) => `${path}: ${message}`) : [];
}

describe('a JobFlow', () => {
  for (const [rule, passes, refused, path, text] of JOBFLOW_RULES) {
    it(`${rule}: one passes, one is refused`, () => {
      expect(told(review(passes))).to.deep.equal([]);
      const lines = told(review(refused));
      expect(
        lines.some((line) => line.startsWith(`${path}: `) && line.includes(text)),
        lines.join('\n'),
      ).to.equal(true);
    });
  }

  it('is told all its mistakes at once', () => {
    const verdict = review(
      jobflow([
        flow('a', ['b', 'z']),
        flow('b', ['a']),
        flow('b'),
        flow('c', [], { dependsOn: { targets: ['b'], probe: { tcpSocketList: [{ port: 0 }] } } }),
      ]),
    );
    expect(summary(verdict)).to.equal(
      '422 InvalidJobFlow spec.flows[2].name spec.flows[0].dependsOn.targets[1] ' +
        'spec.flows[3].dependsOn.probe.tcpSocketList[0].port',
    );
  });

  it('is told the circle that each flow is in', () => {
    expect(told(review(jobflow([flow('a', ['b']), flow('b', ['a']), flow('c', ['b'])])))).to.have.length(3);
  });

  it('without a name of its own yet is not told of names', () => {
    const object = { ...jobflow([flow('a'.repeat(63))]), metadata: { generateName: 'daily-' } };
    expect(told(review(object))).to.deep.equal([]);
  });

  it('is warned of a probe without targets', () => {
    const verdict = review(jobflow([flow('a', [], { dependsOn: { probe: { tcpSocketList: [{ port: 80 }] } } })]));
    expect(verdict.kind === 'allow' && verdict.warnings[0]).to.include('its probe has no effect');
  });

  it('that is changed is held to the same rules, and one on its way out is let go', () => {
    const [object, oldObject] = [jobflow([flow('a', ['a'])]), jobflow([flow('a')])];
    expect(summary(validateJobflowReview(request({ operation: 'UPDATE', object, oldObject })))).to.match(/^422 /);
    const leaving = { ...oldObject, metadata: { name: 'daily', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(summary(validateJobflowReview(request({ operation: 'UPDATE', object, oldObject: leaving })))).to.equal(
      'allow',
    );
    const status = { operation: 'UPDATE', subresource: 'status', object, oldObject } as const;
    expect(summary(validateJobflowReview(request(status)))).to.equal('allow');
  });

  it('takes the right to use each queue that it sends a job to, once', () => {
    const cluster = view({ rights: { queues: 'enforce', bypass: 'off' } });
    const into = (queue: string): JsonObject => jobflow([flow('a', [], { patch: { jobSpec: { queue } } })]);
    const rights = (object: JsonObject, oldObject?: JsonObject): readonly string[] =>
      jobflowRights(request({ object, oldObject }), cluster).map(({ verb, name, path }) => `${verb} ${name} ${path}`);
    expect(rights(into('red'))).to.deep.equal(['use red spec.flows[0].patch.jobSpec.queue']);
    expect(rights(into('red'), into('red'))).to.deep.equal([]);
    expect(rights(into('red'), into('blue'))).to.have.length(1);
    expect(rights(into('default'))).to.deep.equal([]);
  });

  it('of any shape is answered', () => {
    const shapes: readonly JsonValue[] = [null, 1, 'x', [], [null], {}, { a: [] }];
    for (const shape of shapes) {
      review({ ...jobflow([]), spec: { flows: shape } });
      for (const field of ['name', 'dependsOn', 'patch']) review(jobflow([{ name: 'a', [field]: shape }]));
      for (const field of ['targets', 'probe']) review(jobflow([{ name: 'a', dependsOn: { [field]: shape } }]));
      for (const field of ['httpGetList', 'tcpSocketList', 'taskStatusList']) {
        review(jobflow([{ name: 'a', dependsOn: { targets: ['a'], probe: { [field]: shape } } }]));
      }
      review(jobflow([{ name: 'a', patch: { jobSpec: { tasks: shape } } }]));
    }
  });
});

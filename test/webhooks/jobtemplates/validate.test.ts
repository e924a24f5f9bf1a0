import { expect } from 'chai';
import { isJsonObject, objectAt } from '../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import type { Verdict } from '../../../webhooks/verdict.ts';
import { jobtemplateRights } from '../../../webhooks/jobtemplates/rights.ts';
import { validateJobtemplateReview } from '../../../webhooks/jobtemplates/validate.ts';
import { request, summary, view } from '../fixture.ts';
import { jobtemplate } from '../jobflows/jobflow-fixture.ts';
import { VCJOB_RULES } from '../vcjobs/rules.ts';
import { task } from '../vcjobs/vcjob-fixture.ts';

function review(object: JsonObject): Verdict {
  return validateJobtemplateReview(request({ object }), view());
}

function told(verdict: Verdict): readonly string[] {
  return verdict.kind === 'deny' ? verdict.errors.map(({ path, message }) => `${path}: ${message}`) : [];
}

/** The names of its jobs are not known yet. */
const ABOUT_NAMES = new Set(['a name is a qualified name', 'names of pods are qualified names']);

describe('a JobTemplate', () => {
  for (const { rule, passes, refused, path, text } of VCJOB_RULES.filter((one) => !ABOUT_NAMES.has(one.rule))) {
    it(`is held to what Jobs are: ${rule}`, () => {
      const [good, bad] = [passes, refused].map((job) => jobtemplate(objectAt(job, 'spec')));
      expect(told(review(good ?? {}))).to.deep.equal([]);
      const lines = told(review(bad ?? {}));
      expect(
        lines.some((line) => line.startsWith(`${path}: `) && line.includes(text)),
        lines.join('\n'),
      ).to.equal(true);
    });
  }

  it('leaves open what a job may leave open', () => {
    const unnamed = Object.fromEntries(Object.entries(task()).filter(([key]) => key !== 'name'));
    expect(told(review(jobtemplate({ tasks: [unnamed, unnamed] })))).to.deep.equal([]);
  });

  it('has a task, also once it is changed', () => {
    const object = jobtemplate({ tasks: [] });
    expect(summary(review(object))).to.equal('422 InvalidJobTemplate spec.tasks');
    const change = { operation: 'UPDATE', object, oldObject: jobtemplate() } as const;
    expect(summary(validateJobtemplateReview(request(change), view()))).to.equal('422 InvalidJobTemplate spec.tasks');
  });

  it('has no priority of the cluster itself, and is told of what has no effect', () => {
    expect(summary(review(jobtemplate({ priorityClassName: 'system-node-critical' })))).to.equal(
      '403 PriorityNotAllowed spec.priorityClassName',
    );
    const verdict = review(jobtemplate({ networkTopology: {} }));
    expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal([
      'spec.networkTopology names no tier: it counts as a wish',
    ]);
  });

  it('takes the right to use the queue that it names, once', () => {
    const cluster = view({ rights: { queues: 'enforce', bypass: 'off' } });
    const rights = (object: JsonObject, oldObject?: JsonObject): readonly string[] =>
      jobtemplateRights(request({ object, oldObject }), cluster).map(({ verb, name }) => `${verb} ${name}`);
    expect(rights(jobtemplate({ queue: 'red' }))).to.deep.equal(['use red']);
    expect(rights(jobtemplate({ queue: 'red' }), jobtemplate({ queue: 'red' }))).to.deep.equal([]);
    expect(rights(jobtemplate({ queue: 'default' }))).to.deep.equal([]);
  });

  it('of any shape is answered', () => {
    const shapes: readonly JsonValue[] = [null, 1, 'x', [], [null], {}, { a: [] }];
    for (const shape of shapes) {
      expect(isJsonObject(review({ ...jobtemplate(), spec: shape }))).to.equal(true);
      for (const field of ['tasks', 'policies', 'plugins', 'volumes']) review(jobtemplate({ [field]: shape }));
    }
  });
});

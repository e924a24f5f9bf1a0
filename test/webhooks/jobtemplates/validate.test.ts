import { expect } from 'chai';
import { isJsonObject, objectAt } from '../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import type { Verdict } from '../../../webhooks/verdict.ts';
import { jobtemplateRights } from '../../../webhooks/jobtemplates/rights.ts';
import { validateJobtemplateReview } from '../../../webhooks/jobtemplates/validate.ts';
import { request, summary, view } from '../fixture.ts';
import { jobtemplate } from '../jobflows/jobflow-fixture.ts';
import { VCJOB_RULES } from '../vcjobs/rules.ts';
import { container, task, template } from '../vcjobs/vcjob-fixture.ts';

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

  describe('is told what its jobs would be told', () => {
    const room = { totals: new Map([['cpu', 4000]]), largestNode: new Map([['cpu', 4000]]), served: new Map() };
    const small = view({ room, unknownPriorityClasses: ['high'] });
    const sized = (replicas: number, spec: JsonObject = {}, pod: JsonObject = {}): JsonObject => {
      const containers = [container({ resources: { requests: { cpu: '1' } } })];
      return jobtemplate({ ...spec, tasks: [task({ replicas, template: template({ containers, ...pod }) })] });
    };
    const warnings = (object: JsonObject, oldObject?: JsonObject, cluster = small): unknown => {
      const about = oldObject === undefined ? { object } : ({ operation: 'UPDATE', object, oldObject } as const);
      const verdict = validateJobtemplateReview(request(about), cluster);
      return verdict.kind === 'allow' ? verdict.warnings : verdict;
    };
    const few = 'spec.minSuccess: 3 pods have to succeed, and the tasks have 2: the job can only fail';
    const large = 'cpu: 5 are asked for together and the cluster has 4: they can never start';
    const noClass = 'spec.priorityClassName: there is no PriorityClass high: until there is, the default one counts';
    const path = 'spec.tasks[0].template.spec.';
    const rows: Readonly<Record<string, readonly [got: unknown, want: readonly string[]]>> = {
      'nothing of one that is well': [warnings(sized(2)), []],
      'where more pods have to succeed than there are': [warnings(sized(2, { minSuccess: 3 })), [few]],
      'when there are fewer pods than before': [
        warnings(sized(2, { minSuccess: 3 }), sized(3, { minSuccess: 3 })),
        [few],
      ],
      'once of too few pods': [warnings(sized(1, { minSuccess: 3 }), sized(2, { minSuccess: 3 })), []],
      'of a PriorityClass that is not there': [warnings(sized(2, { priorityClassName: 'high' })), [noClass]],
      'once of that class': [
        warnings(sized(3, { priorityClassName: 'high' }), sized(2, { priorityClassName: 'high' })),
        [],
      ],
      'of classes that its pods name': [
        warnings(sized(2, {}, { priorityClassName: 'high', runtimeClassName: 'sandbox' })),
        [
          `${path}priorityClassName: there is no PriorityClass high: pods are refused until there is`,
          `${path}runtimeClassName: there is no RuntimeClass sandbox: pods are refused until there is`,
        ],
      ],
      'that they are larger than the cluster': [warnings(sized(5)), [large]],
      'when they grow out of the cluster': [warnings(sized(5), sized(4)), [large]],
      'once that they are too large': [warnings(sized(5, { maxRetry: 1 }), sized(5)), []],
      'nothing of their size where nobody wants to know': [
        warnings(sized(5), undefined, view({ room, neverFits: 'ignore' })),
        [],
      ],
      'of their size where that is refused of a job': [
        warnings(sized(5), undefined, view({ room, neverFits: 'refuse' })),
        [large],
      ],
    };
    for (const [name, [got, want]] of Object.entries(rows)) it(name, () => expect(got).to.deep.equal(want));
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

import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import { mutateJob } from '../../../webhooks/jobs/mutate.ts';
import { askJob } from '../../../webhooks/jobs/ask.ts';
import type { Answer } from '../../../webhooks/question.ts';
import { patched, planOn, request, view } from '../fixture.ts';
import { job } from './job-fixture.ts';

const SANDBOXED = job({ templateSpec: { runtimeClassName: 'kata' } });

function keysOf(object: JsonObject): readonly string[] {
  return askJob(request({ object }), view()).map((question) => ('name' in question ? question.name : question.key));
}

/** CPU that a Job of four pods of half a CPU each asks room for. */
function cpuAskedFor(answer?: Answer): string | undefined {
  const answers = new Map(answer === undefined ? [] : [['runtime-class', answer]]);
  const verdict = mutateJob(request({ object: SANDBOXED }), view(), answers);
  return planOn(patched(SANDBOXED, verdict)).minResources['cpu'];
}

describe('a Job whose pods name a RuntimeClass', () => {
  it('asks what that adds to a pod, unless its template says so', () => {
    expect(keysOf(SANDBOXED)).to.deep.equal(['kata']);
    expect(keysOf(job())).to.deep.equal([]);
    expect(keysOf(job({ templateSpec: { runtimeClassName: 'kata', overhead: { cpu: '1' } } }))).to.deep.equal([]);
  });

  const answers: readonly (readonly [string, Answer | undefined, string])[] = [
    ['with its overhead', { kind: 'fetch', object: { overhead: { podFixed: { cpu: '250m' } } } }, '3'],
    ['without one', { kind: 'fetch', object: {} }, '2'],
    ['when it does not exist', { kind: 'fetch', object: 'absent' }, '2'],
    ['when nobody could tell', { kind: 'fetch', object: 'unknown' }, '2'],
    ['when nobody was asked', undefined, '2'],
  ];
  for (const [name, answer, want] of answers) {
    it(`asks room for ${want} CPUs ${name}`, () => expect(cpuAskedFor(answer)).to.equal(want));
  }
});

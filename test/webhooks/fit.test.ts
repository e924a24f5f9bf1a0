import { expect } from 'chai';
import type { JsonObject } from '../../src/lib/json.ts';
import { misfitWarnings } from '../../webhooks/fit.ts';
import { askJob } from '../../webhooks/jobs/ask.ts';
import { mutateJob } from '../../webhooks/jobs/mutate.ts';
import type { Answer, Fit } from '../../webhooks/question.ts';
import { request, summary, view } from './fixture.ts';
import { job } from './jobs/job-fixture.ts';

const REQUIRED = {
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{}] } } },
};
const CLAIMS = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] };
const NONE: Fit = {
  nodes: 8,
  open: 0,
  places: 0,
  why: "8 node(s) didn't match Pod's node affinity/selector",
  wait: '',
  claimed: {},
};

describe('whether nodes would take the pods of a Job', () => {
  const asked: readonly (readonly [string, JsonObject, number])[] = [
    ['is not asked of pods that choose no nodes', {}, 0],
    ['is asked of pods with a node selector', { nodeSelector: { disk: 'ssd' } }, 1],
    ['is asked of pods with required node affinity', REQUIRED, 1],
    ['is asked of pods with claims', CLAIMS, 1],
    ['is asked of pods with claims for devices', { resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }] }, 1],
    ['is not asked for another scheduler', { nodeSelector: { disk: 'ssd' }, schedulerName: 'theirs' }, 0],
  ];
  for (const [name, templateSpec, want] of asked) {
    it(name, () => expect(askJob(request({ object: job({ templateSpec }) }), view()).length).to.equal(want));
  }

  it('is not asked when a Job is changed', () => {
    const object = job({ templateSpec: CLAIMS });
    expect(askJob(request({ object, oldObject: object, operation: 'UPDATE' }), view())).to.deep.equal([]);
  });

  const told: readonly (readonly [string, Fit | undefined, number, readonly string[]])[] = [
    ['nothing where nobody could tell', undefined, 4, []],
    ['nothing before there are nodes', { nodes: 0, open: 0, places: 0, why: '', wait: '', claimed: {} }, 4, []],
    [
      'nothing where there are places enough',
      { nodes: 8, open: 1, places: 4, why: '7 others', wait: '', claimed: {} },
      4,
      [],
    ],
    ['that none would', NONE, 4, [`none of 8 nodes would take such a pod: ${NONE.why}`]],
    [
      'how many could be held',
      { nodes: 8, open: 2, places: 3, why: '6 others', wait: '', claimed: {} },
      4,
      ['4 start together and the 2 nodes that would take them could hold 3: 6 others'],
    ],
  ];
  for (const [name, fit, count, want] of told) {
    it(`tells ${name}`, () => expect(misfitWarnings(fit, count)).to.deep.equal(want));
  }

  const object = job({ templateSpec: { nodeSelector: { disk: 'none' } } });
  const answers: ReadonlyMap<string, Answer> = new Map([['fit', { kind: 'fit', fit: NONE }]]);

  it('is told of devices that its pods claim, and its queue may never hold together', () => {
    const limits = new Map([['gpu.deviceclass.resource.k8s.io/devices', 7]]);
    const cluster = view({ queues: { default: { capability: limits } } });
    const fit: Fit = { ...NONE, open: 8, places: 4, claimed: { gpu: 2 } };
    const verdict = mutateJob(request({ object: job() }), cluster, new Map([['fit', { kind: 'fit', fit }]]));
    expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal([
      'devices of class gpu: 8 are asked for together and queue default may hold 7: they can never start',
    ]);
  });

  it('is told in a warning of the Job that it can never start', () => {
    const verdict = mutateJob(request({ object }), view(), answers);
    expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal(misfitWarnings(NONE, 4));
  });

  it('is refused where the operator wants that', () => {
    const verdict = mutateJob(request({ object }), view({ neverFits: 'refuse' }), answers);
    expect(summary(verdict)).to.equal('422 NeverFits spec.template.spec');
  });
});

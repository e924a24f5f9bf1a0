import { expect } from 'chai';
import { NO_SUBMITTER_KEYS } from '../../../src/api/submitter-claim.ts';
import { claimDemand } from '../../../src/api/accelerators/claim-template.ts';
import { parseWish } from '../../../src/api/accelerators/parse-wish.ts';
import { NO_SETTINGS } from '../../../src/api/controller-settings.ts';
import { WISHED_CLAIM_LABEL } from '../../../src/api/keys.ts';
import { projectClaimTemplate } from '../../../src/api/projections/devices/claim-template.ts';
import { projectPod } from '../../../src/api/projections/pod.ts';
import type { ClaimTemplateRecord } from '../../../src/api/records/claim-template-record.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import { CLAIM_TEMPLATE } from '../../../src/controllers/claim-template/controller.ts';
import { reconcileClaimTemplate } from '../../../src/controllers/claim-template/reconcile.ts';
import type { Effect } from '../../../src/controllers/effect.ts';
import { objectAt, stringAt } from '../../../src/lib/json.ts';
import { withoutAmbient } from '../../support/pure.ts';

const WISH = '2 x device, model h100';
const NAME = templateOf(WISH);
const KEY = `ns/${NAME}`;
const NOON = Date.parse('2030-01-01T12:00:00Z');
const MINUTE = 60_000;

function templateOf(text: string): string {
  const parsed = parseWish(text);
  if (parsed.kind === 'mistake') throw new Error(text);
  return claimDemand('gpu.nvidia.com', parsed.wish).template;
}

function pod(wish = WISH, template = NAME, name = 'p'): PodRecord {
  const applied = { wish, container: 'main', resources: {}, claim: { className: 'gpu.nvidia.com', template } };
  const record = projectPod(
    {
      metadata: {
        name,
        namespace: 'ns',
        uid: `uid-${name}`,
        annotations: { 'sluice.dev/accelerators-applied': JSON.stringify(applied) },
      },
      spec: {
        containers: [{ name: 'main' }],
        resourceClaims: [{ name: 'sluice-accelerators', resourceClaimTemplateName: template }],
      },
    },
    new Map(),
  );
  if (record === undefined) throw new Error('no record');
  return record;
}

const LABELS = { [WISHED_CLAIM_LABEL]: 'true' };

function template(unusedSince?: string): ClaimTemplateRecord {
  const annotations = unusedSince === undefined ? {} : { 'sluice.dev/unused-since': unusedSince };
  const metadata = { name: NAME, namespace: 'ns', uid: 'u', resourceVersion: '7', annotations, labels: LABELS };
  const record = projectClaimTemplate({ metadata });
  if (record === undefined) throw new Error('no record');
  return record;
}

/** What is done, in words: `requeue 600`, `delete`, the stamp that is written, or the device that a template asks for. */
function inWords(effects: readonly Effect[]): readonly string[] {
  return effects.map((effect) => {
    switch (effect.kind) {
      case 'requeueAfter':
        return `again in ${effect.requeueAfterMs / MINUTE} min`;
      case 'patch':
        return `unused since ${stringAt(effect.body, ['metadata', 'annotations', 'sluice.dev/unused-since'], 'null')}`;
      case 'create':
        return `create ${effect.namespace}/${effect.name}`;
      default:
        return effect.kind;
    }
  });
}

describe('templates for claims of wishes', () => {
  const rows: Readonly<Record<string, readonly [ClaimTemplateRecord | undefined, PodRecord | undefined, string[]]>> = {
    'is made for the first pod': [undefined, pod(), [`create ${KEY}`]],
    'stays as it is while pods name it': [template(), pod(), []],
    'is noted when the last pod is gone': [
      template(),
      undefined,
      ['unused since 2030-01-01T12:00:00.000Z', 'again in 10 min'],
    ],
    'waits for somebody who comes back': [template('2030-01-01T11:55:00Z'), undefined, ['again in 5 min']],
    'goes when nobody came': [template('2030-01-01T11:50:00Z'), undefined, ['delete']],
    'counts anew after somebody came back': [template('2030-01-01T11:59:00Z'), pod(), ['unused since null']],
    'of somebody else is used as it is, and left': [{ ...template(), isWished: false }, pod(), []],
    'needs nothing where nobody names it': [undefined, undefined, []],
    'is not made of a text that is no wish': [undefined, pod('everything', NAME), []],
    'is not made of another wish than its name says': [undefined, pod('3 x h100', NAME), []],
  };
  for (const [name, [before, user, wanted]] of Object.entries(rows)) {
    it(name, () => {
      const effects = withoutAmbient(() =>
        reconcileClaimTemplate({ key: KEY, template: before, pod: user, nowMs: NOON }),
      );
      expect(inWords(effects)).to.deep.equal(wanted);
    });
  }

  it('asks for what the wish says, and tells the pod when it cannot be made', () => {
    const [effect] = reconcileClaimTemplate({ key: KEY, template: undefined, pod: pod(), nowMs: NOON });
    if (effect?.kind !== 'create') throw new Error(effect?.kind);
    expect(effect.regarding).to.include({ namespace: 'ns', name: 'p', uid: 'uid-p' });
    expect(objectAt(effect.body, 'metadata', 'labels')).to.deep.equal({ 'sluice.dev/made-of-wish': 'true' });
    const [request] = objectAt(effect.body, 'spec', 'spec', 'devices')['requests'] as readonly object[];
    expect(request).to.deep.include({ name: 'accelerators' });
    expect(objectAt(request, 'exactly')).to.include({ deviceClassName: 'gpu.nvidia.com', count: 2 });
  });

  it('are looked at when pods come and go, and when they change themselves', () => {
    const [ofTemplate, ofPods] = CLAIM_TEMPLATE.watches;
    const view = { get: () => undefined, values: () => [], by: () => [] };
    expect(ofPods?.toKeys(undefined, pod(), view)).to.deep.equal([KEY]);
    expect(ofPods?.toKeys(pod(), undefined, view)).to.deep.equal([KEY]);
    expect(ofPods?.toKeys(pod(), pod(), view)).to.deep.equal([]);
    expect(ofTemplate?.toKeys(template(), undefined, view)).to.deep.equal([KEY]);
  });

  it('are made for pods that the view finds by their template', () => {
    const view = {
      get: () => undefined,
      values: () => [],
      by: <T>(index: { valueOf(record: T): string | undefined }, value: string) => {
        const pods = [pod(WISH, templateOf('1 x h100'), 'other'), pod()] as unknown as readonly T[];
        return pods.filter((one) => index.valueOf(one) === value);
      },
    };
    const look = {
      view,
      nowMs: NOON,
      ownNamespace: 'sluice',
      settings: NO_SETTINGS,
      told: () => new Set<string>(),
      answerTo: () => undefined,
      submitterKeys: NO_SUBMITTER_KEYS,
    };
    expect(inWords(CLAIM_TEMPLATE.reconcile(KEY, look))).to.deep.equal([`create ${KEY}`]);
  });
});

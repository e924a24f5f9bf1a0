import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import { validateDatasetReview } from '../../../webhooks/datasets/validate.ts';
import { request, summary } from '../fixture.ts';

const HOST = 'kubernetes.io/hostname';

function review(object: JsonObject): ReturnType<typeof validateDatasetReview> {
  return validateDatasetReview(request({ resource: 'datasets', object: { metadata: { name: 'd' }, ...object } }));
}

describe('a Dataset', () => {
  const rows: readonly (readonly [string, JsonObject, string])[] = [
    ['that says nothing is taken', {}, 'allow'],
    [
      'with falling tiers is taken',
      {
        spec: {
          tiers: [
            { key: 'a', weight: 100 },
            { key: 'b', weight: 1 },
          ],
        },
      },
      'allow',
    ],
    [
      'with tiers that do not fall is refused',
      {
        spec: {
          tiers: [
            { key: 'a', weight: 50 },
            { key: 'b', weight: 50 },
          ],
        },
      },
      '422 InvalidDataset spec.tiers[1].weight',
    ],
    [
      'with a tier twice is refused',
      {
        spec: {
          tiers: [
            { key: 'a', weight: 50 },
            { key: 'a', weight: 5 },
          ],
        },
      },
      '422 InvalidDataset spec.tiers[1].key',
    ],
    [
      'with a weight of 0 is refused',
      { spec: { tiers: [{ key: 'a', weight: 0 }] } },
      '422 InvalidDataset spec.tiers[0].weight',
    ],
    ['with a size that is none is refused', { spec: { size: 'much' } }, '422 InvalidDataset spec.size'],
    [
      'with more than all of it somewhere is refused',
      { status: { cached: [{ key: HOST, values: ['n1'], percent: 101 }] } },
      '422 InvalidDataset status.cached[0].percent',
    ],
  ];
  for (const [name, object, want] of rows) {
    it(name, () => {
      expect(summary(review(object))).to.equal(want);
    });
  }

  it('is told what of its status counts for nothing', () => {
    const cached = [
      { key: 'elsewhere', values: ['x'], percent: 5 },
      { key: HOST, values: ['n1'], bytes: '1Gi' },
    ];
    const verdict = review({ status: { cached } });
    expect(verdict.kind === 'allow' && verdict.warnings).to.deep.equal([
      'status.cached: elsewhere is no tier of the dataset: it counts for nothing',
      'spec.size is not set: what caches tell in bytes counts for nothing',
    ]);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { formatDatasetClaims, parseDatasetClaims } from '../../../src/api/dataset-claims.ts';
import { DEFAULT_TIERS } from '../../../src/api/projections/dataset.ts';
import type { CachedShare, DatasetRecord } from '../../../src/api/records/dataset-record.ts';
import { arrayAt, memberAt, numberAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { ClusterView } from '../../../webhooks/admission.ts';
import { mutateJob } from '../../../webhooks/jobs/mutate.ts';
import { mutatePod } from '../../../webhooks/pods/mutate.ts';
import { nearTerms } from '../../../webhooks/datasets/terms.ts';
import { created, request, summary, view } from '../fixture.ts';

const HOST = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';
const AFFINITY = ['spec', 'affinity', 'nodeAffinity'] as const;

function dataset(name: string, cached: readonly CachedShare[], overrides: Partial<DatasetRecord> = {}): DatasetRecord {
  return {
    key: `team-a/${name}`,
    namespace: 'team-a',
    name,
    uid: name,
    resourceVersion: '1',
    tiers: DEFAULT_TIERS,
    cached,
    volumeClaim: '',
    fluidLabel: '',
    prefetch: '',
    ...overrides,
  };
}

function cluster(...datasets: readonly DatasetRecord[]): ClusterView {
  return view({ datasets });
}

function pod(annotations: JsonObject, spec: JsonObject = {}, labels: JsonObject = {}): JsonObject {
  return { metadata: { annotations, labels }, spec: { containers: [{ name: 'main', image: 'x' }], ...spec } };
}

function claiming(text: string): JsonObject {
  return pod({ 'sluice.dev/datasets': text });
}

function preferred(object: JsonObject): readonly string[] {
  return arrayAt(object, ...AFFINITY, 'preferredDuringSchedulingIgnoredDuringExecution').map((term) => {
    const texts = arrayAt(term, 'preference', 'matchExpressions').map((expression) => {
      const values = arrayAt(expression, 'values')
        .filter((value) => typeof value === 'string')
        .join();
      return `${stringAt(expression, ['key'])} ${stringAt(expression, ['operator'])} ${values}`.trim();
    });
    return `${numberAt(term, ['weight'], 0)}: ${texts.join(' and ')}`;
  });
}

const IMAGENET = dataset('imagenet', [
  { key: HOST, values: ['n1', 'n2'], share: 1 },
  { key: HOST, values: ['n3'], share: 0.5 },
  { key: ZONE, values: ['a'], share: 1 },
]);
const MODELS = dataset('models', [{ key: HOST, values: ['n3'], share: 1 }]);

describe('datasets that pods claim', () => {
  it('become wishes for the nodes where they lie, by part and tier', () => {
    expect(preferred(created(mutatePod, claiming('imagenet'), cluster(IMAGENET)))).to.deep.equal([
      `50: ${HOST} In n1,n2 and dataset.sluice.dev/imagenet DoesNotExist`,
      `25: ${HOST} In n3 and dataset.sluice.dev/imagenet DoesNotExist`,
      `10: ${ZONE} In a and dataset.sluice.dev/imagenet DoesNotExist`,
    ]);
  });

  it('share what wishes may weigh, so that the user’s own are heard', () => {
    const stored = created(mutatePod, claiming('imagenet,models'), cluster(IMAGENET, MODELS));
    expect(preferred(stored).map((text) => text.split(':')[0])).to.deep.equal(['25', '13', '5', '25']);
  });

  it('become requirements where the pod insists, all of which hold', () => {
    const stored = created(mutatePod, claiming('imagenet!,models!'), cluster(IMAGENET, MODELS));
    expect(memberAt(stored, ...AFFINITY, 'requiredDuringSchedulingIgnoredDuringExecution')).to.deep.equal({
      nodeSelectorTerms: [
        {
          matchExpressions: [
            { key: HOST, operator: 'In', values: ['n1', 'n2', 'n3'] },
            { key: HOST, operator: 'In', values: ['n3'] },
          ],
        },
      ],
    });
  });

  it('are found by label, by the volume that a pod mounts, and on the root', () => {
    const held = dataset('imagenet', IMAGENET.cached, { volumeClaim: 'team-a/data' });
    const volumes = [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }];
    const root = {
      metadata: { name: 'train', annotations: { 'sluice.dev/datasets': 'imagenet' } },
      spec: { template: { spec: { containers: [{ name: 'main', image: 'x' }] } } },
    };
    const byLabel = created(mutatePod, pod({}, {}, { 'sluice.dev/dataset': 'imagenet' }), cluster(IMAGENET));
    const byVolume = created(mutatePod, pod({}, { volumes }), cluster(held));
    const byRoot = created(mutateJob, root, cluster(IMAGENET), { resource: 'jobs' });
    for (const stored of [byLabel, byVolume, memberAt(byRoot, 'spec', 'template') as JsonObject]) {
      expect(stringAt(stored, ['metadata', 'annotations', 'sluice.dev/datasets'])).to.equal('imagenet');
      expect(preferred(stored)).to.have.length(3);
    }
  });

  it('stay as they were applied, whatever caches say by now', () => {
    const once = created(mutatePod, claiming('imagenet!'), cluster(IMAGENET));
    expect(created(mutatePod, once, cluster(IMAGENET))).to.deep.equal(once);
    expect(created(mutatePod, once, cluster(dataset('imagenet', MODELS.cached)))).to.deep.equal(once);
    expect(created(mutatePod, once, cluster())).to.deep.equal(once);
  });

  it('are told of when they are not there yet, and refused only where pods insist', () => {
    const verdict = mutatePod(request({ object: claiming('gone') }), cluster());
    expect(verdict.kind === 'allow' && verdict.warnings.join()).to.match(
      /there is no Dataset gone in namespace team-a yet/,
    );
    const path = 'metadata.annotations[sluice.dev/datasets]';
    for (const [text, known] of [
      ['gone!', cluster()],
      ['empty!', cluster(dataset('empty', []))],
      ['UPPER', cluster()],
      ['a,,b', cluster()],
      [Array.from({ length: 17 }, (_, at) => `d${at}`).join(), cluster()],
    ] as const) {
      expect(summary(mutatePod(request({ object: claiming(text) }), known)), text).to.equal(
        `422 DatasetNotFound ${path}`,
      );
    }
  });

  it('insist on Fluid’s own label where nothing else is known', () => {
    const fluid = dataset('f', [], { fluidLabel: 'fluid.io/s-team-a-f' });
    const stored = created(mutatePod, claiming('f!'), cluster(fluid));
    expect(JSON.stringify(memberAt(stored, ...AFFINITY))).to.include('"key":"fluid.io/s-team-a-f"');
  });

  it('are nobody’s of another namespace', () => {
    const other = { ...IMAGENET, key: 'team-b/imagenet', namespace: 'team-b' };
    expect(preferred(created(mutatePod, claiming('imagenet'), cluster(other)))).to.deep.equal([]);
  });

  it('have one text, which reads as the same claims', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
    const claims = fc.uniqueArray(fc.record({ name, isRequired: fc.boolean() }), {
      minLength: 1,
      maxLength: 16,
      selector: (one) => one.name,
    });
    fc.assert(
      fc.property(claims, (some) => {
        const sorted = some.toSorted((a, b) => (a.name < b.name ? -1 : 1));
        expect(parseDatasetClaims(formatDatasetClaims(some))).to.deep.equal(sorted);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(() => parseDatasetClaims(text)).to.not.throw();
      }),
    );
  });

  it('never weigh more than 50 together on one node, and 1 at least each', () => {
    const part = fc.integer({ min: 1, max: 100 }).map((percent) => percent / 100);
    const cached = fc.array(fc.record({ key: fc.constantFrom(HOST, ZONE), values: fc.constant(['x']), share: part }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(cached, fc.integer({ min: 1, max: 16 }), (entries, claimed) => {
        const terms = nearTerms(dataset('d', entries), claimed);
        expect(terms.length).to.be.at.most(8);
        for (const { weight } of terms) expect(weight).to.be.within(1, 50);
      }),
    );
  });

  it('of a cache that tells of 20,000 nodes, one by one, makes a pod no larger than it may be', () => {
    const entries = Array.from({ length: 1_000 }, (_, entry) => ({
      key: HOST,
      values: Array.from({ length: 20 }, (_unused, ix) => `node-${String(entry * 20 + ix).padStart(5, '0')}`),
      share: 1,
    }));
    const verdict = mutatePod(request({ object: claiming('wide!') }), cluster(dataset('wide', entries)));
    const made = created(mutatePod, claiming('wide!'), cluster(dataset('wide', entries)));
    const path = [...AFFINITY, 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'] as const;
    const values = arrayAt(arrayAt(arrayAt(made, ...path)[0], 'matchExpressions')[0], 'values');
    expect([values.length, values[0], values.at(-1)]).to.deep.equal([1024, 'node-00000', 'node-01023']);
    expect(verdict.kind === 'allow' && verdict.warnings.join()).to.include(
      'Dataset wide lies in 20000 domains: pods are held to the first 1024',
    );
    expect(JSON.stringify(made).length).to.be.lessThan(64 * 1024);
  });
});

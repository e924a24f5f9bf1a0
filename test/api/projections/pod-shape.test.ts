import { expect } from 'chai';
import fc from 'fast-check';
import type { SchedulingShape } from '../../../src/api/records/scheduling-shape.ts';
import { ClassTable } from '../../../src/scheduler/model/class-table.ts';
import { ResourceTable } from '../../../src/scheduler/model/resource-table.ts';
import { POD, project, withSpec } from './pod-fixture.ts';
import { NOBODY } from '../../support/class-observer.ts';

function plainPod(run: number): unknown {
  return { metadata: POD.metadata, spec: { nodeSelector: { run: String(run) } } };
}

describe('the shapes of pods', () => {
  it('are one object for equal pods, whatever order their specs list things in', () => {
    const shapes = new Map<string, SchedulingShape>();
    const tolerations = POD.spec.tolerations.toReversed();
    const nodeSelector = Object.fromEntries(Object.entries(POD.spec.nodeSelector).toReversed());
    const [first, again, shuffled] = [POD, structuredClone(POD), withSpec({ tolerations, nodeSelector })].map((raw) =>
      project(raw, shapes),
    );
    expect(again?.shape).to.equal(first?.shape);
    expect(shuffled?.shape).to.equal(first?.shape);
    expect([...shapes]).to.deep.equal([[first?.shape.key, first?.shape]]);
  });

  const different: Readonly<Record<string, object>> = {
    requests: { containers: [] },
    'node selector': { nodeSelector: { pool: 'cpu' } },
    tolerations: { tolerations: [] },
    affinity: { affinity: {} },
    'host ports': { initContainers: [] },
    'needs that are not looked at': {
      containers: [{ resources: { requests: { 'deviceclass.resource.kubernetes.io/gpu': '1' } } }],
    },
    overhead: { overhead: { cpu: '1' } },
    'pod-level requests': { resources: { requests: { cpu: '9' } } },
    'restart policy of an init step': {
      initContainers: [
        { resources: { requests: { cpu: '1' } }, ports: POD.spec.initContainers[0]?.ports, restartPolicy: 'Always' },
      ],
    },
  };
  for (const [what, spec] of Object.entries(different)) {
    it(`differ with the ${what}`, () => {
      const shapes = new Map<string, SchedulingShape>();
      expect(project(withSpec(spec), shapes).shape).to.not.equal(project(POD, shapes).shape);
      expect(shapes.size).to.equal(2);
    });
  }

  const KEY = 'volcano.sh/revocable-zone';
  const revocable: readonly (readonly [string, object, boolean])[] = [
    ['says nothing', {}, false],
    ['names all zones', { annotations: { [KEY]: '*' } }, true],
    ['names one zone, which Volcano does not know either', { annotations: { [KEY]: 'night' } }, false],
    ['says outright that it may be evicted', { annotations: { 'volcano.sh/preemptable': 'true' } }, true],
    ['says so in a label', { labels: { 'volcano.sh/preemptable': 'true' } }, true],
    ['says that it may not be', { annotations: { 'volcano.sh/preemptable': 'false' } }, false],
    ['says so and names no zone', { annotations: { 'volcano.sh/preemptable': 'true', [KEY]: '' } }, false],
    ['says so and names no zone in a label', { labels: { 'volcano.sh/preemptable': 'true', [KEY]: '' } }, false],
  ];
  for (const [what, metadata, expected] of revocable) {
    it(`${expected ? 'may' : 'may not'} use revocable nodes when the pod ${what}`, () => {
      const shapes = new Map<string, SchedulingShape>();
      const plain = project({ metadata: { name: 'a', namespace: 'b', uid: 'c' } }, shapes);
      const { shape } = project({ metadata: { name: 'a', namespace: 'b', uid: 'c', ...metadata } }, shapes);
      expect([shape.isRevocable, shape === plain.shape]).to.deep.equal([expected, !expected]);
    });
  }

  it('do not differ with what schedules nothing', () => {
    const shapes = new Map<string, SchedulingShape>();
    const containers = POD.spec.containers.map((container) => ({
      ...container,
      image: 'other',
      env: [{ name: 'A', value: 'b' }],
    }));
    expect(project(withSpec({ containers, nodeName: 'n2', volumes: [{}] }), shapes).shape).to.equal(
      project(POD, shapes).shape,
    );
  });

  it('of 20,000 kinds of pods that came and went are forgotten, and those that come again and again are not', () => {
    const shapes = new Map<string, SchedulingShape>();
    const { shape } = project(POD, shapes);
    for (let i = 0; i < 20_000; i += 1) {
      project(plainPod(i), shapes);
      if (i % 1000 === 0) expect(project(POD, shapes).shape).to.equal(shape);
    }
    expect(shapes.size).to.be.at.most(5000);
  });

  it('are equal for equal pods, and one class, although they were forgotten in between', () => {
    const shapes = new Map<string, SchedulingShape>();
    const classes = new ClassTable(new ResourceTable(), NOBODY);
    const before = project(POD, shapes).shape;
    const known = classes.claim(before);
    for (let i = 0; i < 20_000; i += 1) project(plainPod(i), shapes);
    const after = project(POD, shapes).shape;
    expect(after).to.not.equal(before);
    expect(after).to.deep.equal(before);
    expect(classes.claim(after)).to.equal(known);
  });

  it('go back into the map after its owner removed them', () => {
    const shapes = new Map<string, SchedulingShape>();
    const { shape } = project(POD, shapes);
    shapes.clear();
    expect(project(POD, shapes).shape).to.equal(shape);
    expect(shapes.get(shape.key)).to.equal(shape);
  });

  it('do not cross from one map to another', () => {
    const shapes = new Map<string, SchedulingShape>();
    project(POD, new Map());
    expect(shapes.get(project(POD, shapes).shape.key)).to.deep.equal(project(POD, new Map()).shape);
  });

  it('have equal keys exactly when their other fields are equal', () => {
    const amount = fc.constantFrom('0', '1', '1000m', '2');
    const spec = fc.record({
      containers: fc.array(
        fc.record({ resources: fc.record({ requests: fc.dictionary(fc.constantFrom('cpu', 'memory'), amount) }) }),
        { maxLength: 2 },
      ),
      nodeSelector: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('x', 'y')),
      tolerations: fc.array(
        fc.record({ key: fc.constantFrom('a', 'b'), operator: fc.constantFrom('Exists', 'Equal') }),
        { maxLength: 2 },
      ),
    });
    fc.assert(
      fc.property(spec, spec, (a, b) => {
        const [{ key: keyA, ...restA }, { key: keyB, ...restB }] = [
          project(withSpec(a)).shape,
          project(withSpec(b)).shape,
        ];
        expect(keyA === keyB).to.equal(JSON.stringify(plain(restA)) === JSON.stringify(plain(restB)));
      }),
    );
  });
});

function plain(shape: Omit<SchedulingShape, 'key'>): object {
  return { ...shape, requests: [...shape.requests], nodeSelector: [...shape.nodeSelector] };
}

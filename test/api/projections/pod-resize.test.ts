import { expect } from 'chai';
import fc from 'fast-check';
import type { SchedulingShape } from '../../../src/api/records/scheduling-shape.ts';
import { project } from './pod-fixture.ts';

type Amounts = Readonly<Record<string, string>>;

const METADATA = { name: 'train-0', namespace: 'ml', uid: 'u-1' };

/** A container of a spec. */
const wants = (name: string, requests: Amounts, more: object = {}) => ({ name, resources: { requests }, ...more });
/** A container's status: what is allocated to it, and what it really got. */
const has = (name: string, allocated: Amounts, enacted: Amounts = allocated) => ({
  name,
  allocatedResources: allocated,
  resources: { requests: enacted },
});
const running = (containers: readonly object[], containerStatuses: readonly object[]) => ({
  spec: { containers },
  status: { containerStatuses },
});
const infeasible = (condition: object = {}) => ({
  conditions: [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible', ...condition }],
});
const cpus = (cpu: string): Amounts => ({ cpu });

interface Facts {
  readonly spec: object;
  readonly status?: object;
}

const onNode = ({ spec, status = {} }: Facts) => ({ metadata: METADATA, spec: { nodeName: 'n1', ...spec }, status });

function asked(facts: Facts): Record<string, number> {
  const { pods: _, ...requests } = Object.fromEntries(project(onNode(facts)).shape.requests);
  return requests;
}

describe('what a pod that is resized in place asks for', () => {
  const cases: Readonly<Record<string, readonly [Facts, object]>> = {
    'is what its spec says when the status tells nothing': [
      running([wants('a', { cpu: '1', memory: '1Gi' })], [{ name: 'a', ready: true }]),
      { cpu: 1000, memory: 1_048_576 },
    ],
    'is what its spec says when the status says the same': [
      running([wants('a', { cpu: '1', memory: '1Gi' })], [has('a', { cpu: '1000m', memory: '1024Mi' })]),
      { cpu: 1000, memory: 1_048_576 },
    ],
    'stays what is allocated while the kubelet has not shrunk it': [
      running([wants('a', cpus('1'))], [has('a', cpus('4'))]),
      { cpu: 4000 },
    ],
    'stays what the container has while the shrinking is allocated and not done': [
      running([wants('a', cpus('1'))], [has('a', cpus('1'), cpus('4'))]),
      { cpu: 4000 },
    ],
    'stays what is allocated when that alone is told': [
      running([wants('a', cpus('1'))], [{ name: 'a', allocatedResources: cpus('4') }]),
      { cpu: 4000 },
    ],
    'stays what the container has when that alone is told': [
      running([wants('a', cpus('1'))], [{ name: 'a', resources: { requests: cpus('4') } }]),
      { cpu: 4000 },
    ],
    'grows with the spec at once': [running([wants('a', cpus('4'))], [has('a', cpus('1'))]), { cpu: 4000 }],
    'is the largest of each resource by itself': [
      running(
        [wants('a', { cpu: '1', memory: '8Gi' })],
        [has('a', { cpu: '4', memory: '1Gi' }, { cpu: '2', memory: '2Gi' })],
      ),
      { cpu: 4000, memory: 8_388_608 },
    ],
    'still has a resource that is gone from the spec only': [
      running([wants('a', cpus('1'))], [has('a', { cpu: '1', memory: '1Gi' })]),
      { cpu: 1000, memory: 1_048_576 },
    ],
    'goes by the names of the containers, not by their order': [
      running([wants('a', cpus('1')), wants('b', cpus('1'))], [has('b', cpus('4')), has('a', cpus('1'))]),
      { cpu: 5000 },
    ],
    'is the largest of the sums: what one container gives up another may take': [
      running([wants('a', cpus('1')), wants('b', cpus('4'))], [has('a', cpus('4')), has('b', cpus('1'))]),
      { cpu: 5000 },
    ],
    'takes what a container has for nothing that is allocated': [
      running(
        [wants('a', cpus('1')), wants('b', cpus('1'))],
        [{ name: 'a', resources: { requests: cpus('2') } }, has('b', cpus('4'), cpus('1'))],
      ),
      { cpu: 5000 },
    ],
    'counts a container without a status by its spec beside one with': [
      running([wants('a', cpus('1')), wants('b', cpus('2'))], [has('a', cpus('4'))]),
      { cpu: 6000 },
    ],
    'takes no heed of the status of a container that is not in the spec': [
      running([wants('a', cpus('1'))], [has('b', cpus('4'))]),
      { cpu: 1000 },
    ],
    'counts a sidecar that is being shrunk by its status': [
      {
        spec: {
          containers: [wants('a', cpus('1'))],
          initContainers: [wants('s', cpus('1'), { restartPolicy: 'Always' })],
        },
        status: { containerStatuses: [has('a', cpus('1'))], initContainerStatuses: [has('s', cpus('3'))] },
      },
      { cpu: 4000 },
    ],
    'counts an init step that is being shrunk by its status': [
      {
        spec: { containers: [wants('a', cpus('1'))], initContainers: [wants('i', cpus('1'))] },
        status: { initContainerStatuses: [has('i', cpus('3'))] },
      },
      { cpu: 3000 },
    ],
    'has the overhead on top': [
      {
        spec: { containers: [wants('a', cpus('1'))], overhead: cpus('500m') },
        status: { containerStatuses: [has('a', cpus('4'))] },
      },
      { cpu: 4500 },
    ],
    'is not what the spec says when that is infeasible, be it more': [
      {
        spec: { containers: [wants('a', cpus('9'))] },
        status: { ...infeasible(), containerStatuses: [has('a', cpus('2'))] },
      },
      { cpu: 2000 },
    ],
    'is the larger of allocated and had when the spec is infeasible': [
      {
        spec: { containers: [wants('a', cpus('9'))] },
        status: { ...infeasible(), containerStatuses: [has('a', cpus('2'), cpus('3'))] },
      },
      { cpu: 3000 },
    ],
    'has nothing of what is infeasible for a container that had nothing': [
      {
        spec: { containers: [wants('a', cpus('1')), wants('b', cpus('9'))] },
        status: { ...infeasible(), containerStatuses: [has('a', cpus('1')), { name: 'b', resources: {} }] },
      },
      { cpu: 1000 },
    ],
    'is what the spec says when it is infeasible and no status tells what holds instead': [
      {
        spec: { containers: [wants('a', cpus('9'))] },
        status: { ...infeasible(), containerStatuses: [{ name: 'a' }] },
      },
      { cpu: 9000 },
    ],
    'is what the spec says while growing is deferred': [
      {
        spec: { containers: [wants('a', cpus('9'))] },
        status: { ...infeasible({ reason: 'Deferred' }), containerStatuses: [has('a', cpus('2'))] },
      },
      { cpu: 9000 },
    ],
    'is what the spec says when it is infeasible no more': [
      {
        spec: { containers: [wants('a', cpus('9'))] },
        status: { ...infeasible({ status: 'False' }), containerStatuses: [has('a', cpus('2'))] },
      },
      { cpu: 9000 },
    ],
    'stays what is allocated to the pod as a whole': [
      {
        spec: { containers: [wants('a', cpus('1'))], resources: { requests: cpus('2') } },
        status: { allocatedResources: cpus('6'), resources: { requests: cpus('5') } },
      },
      { cpu: 6000 },
    ],
    'stays what the pod as a whole has': [
      {
        spec: { containers: [wants('a', cpus('1'))], resources: { requests: cpus('2') } },
        status: { allocatedResources: cpus('2'), resources: { requests: cpus('5') } },
      },
      { cpu: 5000 },
    ],
    'is what the spec says of the pod as a whole when its status says nothing of that': [
      {
        spec: { containers: [wants('a', cpus('1'))], resources: { requests: cpus('2') } },
        status: { containerStatuses: [has('a', cpus('4'))] },
      },
      { cpu: 2000 },
    ],
    'is not what the spec says of the pod as a whole when that is infeasible': [
      {
        spec: { resources: { requests: cpus('9') } },
        status: { ...infeasible(), allocatedResources: cpus('2'), resources: { requests: cpus('3') } },
      },
      { cpu: 3000 },
    ],
    'has the overhead once where the status of the whole pod holds it already': [
      {
        spec: {
          containers: [wants('a', { 'example.com/gpu': '1' })],
          resources: { requests: cpus('2') },
          overhead: { cpu: '500m', memory: '1Mi' },
        },
        status: { allocatedResources: cpus('4500m'), resources: { requests: cpus('2500m') } },
      },
      { cpu: 4500, memory: 1024, 'example.com/gpu': 1 },
    ],
    'takes no heed of the whole pod in the status where the spec asks container by container': [
      {
        spec: { containers: [wants('a', cpus('1'))] },
        status: { allocatedResources: cpus('1'), resources: { requests: cpus('1011m') } },
      },
      { cpu: 1000 },
    ],
  };
  for (const [name, [facts, want]] of Object.entries(cases)) {
    it(name, () => {
      expect(asked(facts)).to.deep.equal(want);
    });
  }

  it('is what the spec says before it has a node', () => {
    const { spec, status } = onNode(running([wants('a', cpus('1'))], [has('a', cpus('4'))]));
    const { shape } = project({ metadata: METADATA, spec: { ...spec, nodeName: '' }, status });
    expect(shape.requests.get('cpu')).to.equal(1000);
  });

  it('is never less than what is allocated or had, nor than the spec unless that is infeasible', () => {
    const amount = fc.integer({ min: 0, max: 9 });
    const container = fc.record({ spec: amount, allocated: amount, enacted: amount });
    fc.assert(
      fc.property(fc.array(container, { minLength: 1, maxLength: 3 }), fc.boolean(), (containers, isInfeasible) => {
        const cpu = asked({
          spec: { containers: containers.map(({ spec }, index) => wants(`c${index}`, cpus(`${spec}`))) },
          status: {
            ...(isInfeasible ? infeasible() : {}),
            containerStatuses: containers.map(({ allocated, enacted }, index) =>
              has(`c${index}`, cpus(`${allocated}`), cpus(`${enacted}`)),
            ),
          },
        })['cpu'];
        const sum = (field: 'spec' | 'allocated' | 'enacted') =>
          containers.reduce((total, one) => total + one[field], 0) * 1000;
        const standing = Math.max(sum('allocated'), sum('enacted'));
        expect(cpu ?? 0).to.equal(isInfeasible ? standing : Math.max(sum('spec'), standing));
      }),
    );
  });
});

describe('the shape of a pod that runs', () => {
  const requests = { cpu: '500m', memory: '2Gi' };
  const pending = { metadata: METADATA, spec: { containers: [wants('a', requests)] } };

  it('is the very one that it had before, once its status says what its spec says', () => {
    const shapes = new Map<string, SchedulingShape>();
    const before = project(pending, shapes).shape;
    for (const status of [has('a', requests), has('a', { memory: '2048Mi', cpu: '0.5' }), { name: 'a' }]) {
      expect(project(onNode(running([wants('a', requests)], [status])), shapes).shape).to.equal(before);
    }
    expect(shapes.size).to.equal(1);
  });

  it('is another one while the status differs, and comes back when it does no more', () => {
    const shapes = new Map<string, SchedulingShape>();
    const shape = (status: object) => project(onNode(running([wants('a', requests)], [status])), shapes).shape;
    const before = project(pending, shapes).shape;
    const larger = shape(has('a', { cpu: '1', memory: '2Gi' }));
    expect(larger).to.not.equal(before);
    expect(shape(has('a', { cpu: '1', memory: '2Gi' }))).to.equal(larger);
    expect(shape(has('a', { cpu: '2', memory: '2Gi' }))).to.not.equal(larger);
    expect(shape(has('a', requests))).to.equal(before);
  });

  it('is not that of a pod whose containers have other names and the same statuses', () => {
    const shapes = new Map<string, SchedulingShape>();
    const cpu = (names: readonly string[]) => {
      const [small = '', large = ''] = names;
      const containers = [wants(small, cpus('1')), wants(large, cpus('3'))];
      return project(onNode(running(containers, [has('x', cpus('2'))])), shapes).shape.requests.get('cpu');
    };
    expect(cpu(['x', 'y'])).to.equal(5000);
    expect(cpu(['y', 'x'])).to.equal(4000);
  });
});

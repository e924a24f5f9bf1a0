import { expect } from 'chai';
import fc from 'fast-check';
import { podRequests } from '../../../src/api/projections/pod-requests.ts';

const container = (requests: object, more: object = {}) => ({ resources: { requests }, ...more });
const names = (prefix: string, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_unused, ix) => [`example.com/${prefix}${ix}`, '1']));
const sidecar = (requests: object) => container(requests, { restartPolicy: 'Always' });

describe('podRequests', () => {
  const cases: Readonly<Record<string, readonly [object, object]>> = {
    'nothing for an empty spec': [{}, {}],
    'nothing for requests of zero': [{ containers: [container({ cpu: '0', memory: 0 })] }, {}],
    'the sum of the containers': [
      { containers: [container({ cpu: '1', memory: '1Gi' }), container({ cpu: '500m', 'nvidia.com/gpu': '2' })] },
      { cpu: 1500, memory: 1_048_576, 'nvidia.com/gpu': 2 },
    ],
    'a limit where there is no request': [
      { containers: [{ resources: { limits: { cpu: '2', 'nvidia.com/gpu': 1 }, requests: { cpu: '1' } } }] },
      { cpu: 1000, 'nvidia.com/gpu': 1 },
    ],
    'the largest init step when it is larger': [
      {
        containers: [container({ cpu: '1', memory: '4Gi' })],
        initContainers: [container({ cpu: '3' }), container({ cpu: '2' })],
      },
      { cpu: 3000, memory: 4_194_304 },
    ],
    'sidecars beside the containers': [
      { containers: [container({ cpu: '1' })], initContainers: [sidecar({ cpu: '200m' }), sidecar({ cpu: '300m' })] },
      { cpu: 1500 },
    ],
    'an init step with the sidecars before it, not those after it': [
      {
        containers: [container({ cpu: '1' })],
        initContainers: [sidecar({ cpu: '200m' }), container({ cpu: '2' }), sidecar({ cpu: '300m' })],
      },
      { cpu: 2200 },
    ],
    'what no node has for more than 64 names in a list': [
      { containers: [container({ cpu: '1', ...names('a', 64) })] },
      { cpu: 1000, 'sluice.dev/more-than-64-resources': 1 },
    ],
    'what no node has for more than 64 names in all': [
      { containers: [container({ cpu: '1', ...names('a', 40) }), container(names('b', 40))] },
      { cpu: 1000, 'sluice.dev/more-than-64-resources': 1 },
    ],
    'the overhead on top of everything': [
      {
        containers: [container({ cpu: '1' })],
        initContainers: [container({ cpu: '2' })],
        overhead: { cpu: '250m', memory: '1Mi' },
      },
      { cpu: 2250, memory: 1024 },
    ],
    'pod-level requests in place of the sum, for the resources that may have them': [
      {
        containers: [container({ cpu: '1', 'nvidia.com/gpu': 1 })],
        resources: { requests: { cpu: '3', 'nvidia.com/gpu': 8 } },
        overhead: { cpu: 1 },
      },
      { cpu: 4000, 'nvidia.com/gpu': 1 },
    ],
    'the rest when something cannot be read': [
      {
        containers: [container({ cpu: 'many', memory: '1Ki' }), null, { resources: { requests: [], limits: 3 } }],
        overhead: 7,
      },
      { memory: 1 },
    ],
  };
  for (const [name, [spec, want]] of Object.entries(cases)) {
    it(`is ${name}`, () => {
      expect(Object.fromEntries(podRequests(spec))).to.deep.equal(want);
    });
  }

  const cpus = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 4 });
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.boolean()), { maxLength: 5 });

  it('covers every moment of the start, and no more than the largest', () => {
    fc.assert(
      fc.property(cpus, steps, (main, init) => {
        const spec = {
          containers: main.map((cpu) => container({ cpu: `${cpu}m` })),
          initContainers: init.map(([cpu, stays]) =>
            stays ? sidecar({ cpu: `${cpu}m` }) : container({ cpu: `${cpu}m` }),
          ),
        };
        // Plays the start: what is up at each step, then what stays.
        let staying = 0;
        const moments = init.map(([cpu, stays]) => {
          const moment = staying + cpu;
          if (stays) staying = moment;
          return moment;
        });
        const want = Math.max(0, ...moments, staying + main.reduce((sum, cpu) => sum + cpu, 0));
        expect(podRequests(spec).get('cpu') ?? 0).to.equal(want);
      }),
    );
  });
});

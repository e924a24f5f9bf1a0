import { expect } from 'chai';
import { mergeSpec } from '../../../src/controllers/jobflow/merge-spec.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const CONTAINERS = [
  { name: 'main', image: 'a', env: [{ name: 'X', value: '1' }], args: ['x', 'y'] },
  { name: 'side', image: 's' },
];
const TEMPLATE: JsonObject = {
  queue: 'blue',
  tasks: [
    { name: 'master', replicas: 1, template: { spec: { containers: CONTAINERS } } },
    { name: 'worker', replicas: 4, policies: [{ event: 'PodFailed', action: 'RestartJob' }] },
  ],
  plugins: { svc: [], env: [] },
  volumes: [{ mountPath: '/a', volumeClaimName: 'a' }],
};

const CASES: Readonly<Record<string, { patch: JsonObject; want: JsonObject }>> = {
  'changes nothing where it says nothing': { patch: {}, want: TEMPLATE },
  'replaces a value, and adds one': {
    patch: { queue: 'red', maxRetry: 5 },
    want: { ...TEMPLATE, queue: 'red', maxRetry: 5 },
  },
  'merges maps': {
    patch: { plugins: { ssh: [], svc: ['--x'] } },
    want: { ...TEMPLATE, plugins: { svc: ['--x'], env: [], ssh: [] } },
  },
  'changes a task by its name, keeps the order and adds the new one': {
    patch: {
      tasks: [
        { name: 'worker', replicas: 8 },
        { name: 'eval', replicas: 1 },
      ],
    },
    want: {
      ...TEMPLATE,
      tasks: [
        { name: 'master', replicas: 1, template: { spec: { containers: CONTAINERS } } },
        { name: 'worker', replicas: 8, policies: [{ event: 'PodFailed', action: 'RestartJob' }] },
        { name: 'eval', replicas: 1 },
      ],
    },
  },
  'changes a container and a variable by their names, and replaces lists without names': {
    patch: {
      tasks: [
        {
          name: 'master',
          template: {
            spec: { containers: [{ name: 'main', image: 'b', args: ['z'], env: [{ name: 'Y', value: '2' }] }] },
          },
        },
      ],
    },
    want: {
      ...TEMPLATE,
      tasks: [
        {
          name: 'master',
          replicas: 1,
          template: {
            spec: {
              containers: [
                {
                  name: 'main',
                  image: 'b',
                  env: [
                    { name: 'X', value: '1' },
                    { name: 'Y', value: '2' },
                  ],
                  args: ['z'],
                },
                { name: 'side', image: 's' },
              ],
            },
          },
        },
        { name: 'worker', replicas: 4, policies: [{ event: 'PodFailed', action: 'RestartJob' }] },
      ],
    },
  },
  'replaces the volumes of the job, which have no names': {
    patch: { volumes: [{ mountPath: '/b', volumeClaimName: 'b' }] },
    want: { ...TEMPLATE, volumes: [{ mountPath: '/b', volumeClaimName: 'b' }] },
  },
  'takes away what is null': {
    patch: { queue: null, plugins: { env: null } },
    want: { tasks: TEMPLATE['tasks'] ?? null, plugins: { svc: [] }, volumes: TEMPLATE['volumes'] ?? null },
  },
};

describe('the patch of a flow', () => {
  for (const [name, { patch, want }] of Object.entries(CASES)) {
    it(name, () => {
      const before = structuredClone(TEMPLATE);
      const merged = mergeSpec(TEMPLATE, patch);
      expect(merged).to.deep.equal(want);
      expect(mergeSpec(merged, patch), 'patched twice').to.deep.equal(want);
      expect(TEMPLATE, 'the template was changed').to.deep.equal(before);
    });
  }
});

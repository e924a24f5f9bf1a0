import { expect } from 'chai';
import { NUMA_POLICY_ANNOTATION } from '../../src/api/keys.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { numaWarnings } from '../../webhooks/numa-warnings.ts';

const PATH = `metadata.annotations[${NUMA_POLICY_ANNOTATION}]`;
const MINDED = `${PATH} is minded where nodes tell of NUMA nodes and numa-aware is configured`;

function warned(policy: string, limits: JsonObject): readonly string[] {
  const spec = { containers: [{ name: 'main', image: 'none', resources: { limits } }] };
  return numaWarnings({ annotations: { [NUMA_POLICY_ANNOTATION]: policy }, spec, path: '' });
}

describe('warnings about a NUMA policy', () => {
  const ROWS: readonly (readonly [name: string, policy: string, limits: JsonObject, want: readonly string[]])[] = [
    ['nothing is said without one', 'none', { cpu: '2', memory: '1Gi' }, []],
    ['it hangs on what nodes tell', 'restricted', { cpu: '2', memory: '1Gi' }, [MINDED]],
    [
      'of GPUs nobody tells where they are',
      'single-numa-node',
      { cpu: '2', memory: '1Gi', 'nvidia.com/gpu': '1' },
      [MINDED, `${PATH}: where nvidia.com/gpu is, nodes do not tell; kubelets may refuse the pod for it`],
    ],
    ['huge pages are no devices', 'single-numa-node', { cpu: '2', memory: '1Gi', 'hugepages-2Mi': '2Mi' }, [MINDED]],
  ];
  for (const [name, policy, limits, want] of ROWS) {
    it(name, () => {
      expect(warned(policy, limits)).to.deep.equal(want);
    });
  }
});

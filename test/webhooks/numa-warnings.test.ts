import { expect } from 'chai';
import { NUMA_POLICY_ANNOTATION } from '../../src/api/keys.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { numaWarnings } from '../../webhooks/numa-warnings.ts';

const PATH = `metadata.annotations[${NUMA_POLICY_ANNOTATION}]`;
const MINDED = `${PATH} is minded where nodes tell of them and numa-aware is on`;

const LACKS = `${PATH} has no effect: a container lacks full limits of cpu and memory`;
/** Characters of a warning that are told. */
const SHOWN = 120;

function warned(policy: string, limits: JsonObject): readonly string[] {
  const spec = { containers: [{ name: 'main', image: 'none', resources: { limits } }] };
  return numaWarnings({ annotations: { [NUMA_POLICY_ANNOTATION]: policy }, spec, path: '' });
}

describe('warnings about a NUMA policy', () => {
  const ROWS: readonly (readonly [name: string, policy: string, limits: JsonObject, want: readonly string[]])[] = [
    ['who lacks a limit is aligned by no kubelet', 'restricted', { cpu: '2' }, [LACKS]],
    ['nothing is said without one', 'none', { cpu: '2', memory: '1Gi' }, []],
    ['it hangs on what nodes tell', 'restricted', { cpu: '2', memory: '1Gi' }, [MINDED]],
    [
      'of GPUs nobody tells where they are',
      'single-numa-node',
      { cpu: '2', memory: '1Gi', 'nvidia.com/gpu': '1' },
      [MINDED, `${PATH}: no node tells on which NUMA node nvidia.com/gpu is`],
    ],
    ['huge pages are no devices', 'single-numa-node', { cpu: '2', memory: '1Gi', 'hugepages-2Mi': '2Mi' }, [MINDED]],
  ];
  for (const [name, policy, limits, want] of ROWS) {
    it(name, () => {
      expect(warned(policy, limits)).to.deep.equal(want);
      for (const each of want) expect(each.length).to.be.at.most(SHOWN);
    });
  }
});

import { expect } from 'chai';
import { stringAt } from '../../src/lib/json.ts';
import { settingOf } from './support/gang-cluster.ts';
import { KubeOracle } from './support/verdicts/kube-oracle.ts';
import { randomDeviceWorld, randomWorld } from './support/verdicts/random-world.ts';
import type { World } from './support/verdicts/random-world.ts';
import { openVerdictBench } from './support/verdicts/verdict-bench.ts';
import type { VerdictBench } from './support/verdicts/verdict-bench.ts';
import { VerdictCount } from './support/verdicts/verdict-count.ts';

/** What refuses nodes in kube-scheduler, in its words: every one of them has to be met. */
const FILTERS = [
  'Insufficient cpu',
  'Insufficient memory',
  'Insufficient example.com/device',
  'Too many pods',
  'node(s) were unschedulable',
  'node(s) had untolerated taint(s)',
  "node(s) didn't match Pod's node affinity/selector",
  "node(s) didn't satisfy plugin(s) [NodeAffinity]",
  "node(s) didn't have free ports for the requested pod ports",
  "node(s) didn't match pod affinity rules",
  "node(s) didn't match pod anti-affinity rules",
  "node(s) didn't satisfy existing pods anti-affinity rules",
  "node(s) didn't match pod topology spread constraints",
  "node(s) didn't match pod topology spread constraints (missing required label)",
  "node(s) didn't find available persistent volumes to bind",
  "node(s) didn't match PersistentVolume's node affinity",
  'node(s) had no available volume zone',
  'node(s) exceed max volume count',
];

describe('where a pod may go', function () {
  this.timeout(3_600_000);
  let bench: VerdictBench;
  let oracle: KubeOracle;

  before(async () => {
    bench = await openVerdictBench();
    oracle = await KubeOracle.start(bench.plane);
  });

  after(async () => {
    await oracle?.stop();
    await bench?.close();
  });

  it('is for each pod and node what kube-scheduler says, in random clusters', async () => {
    const count = await compare(randomWorld, settingOf('SLUICE_VERDICTS', 5000));
    expect(count.differences).to.deep.equal([]);
    for (const [name, { verdicts, passed }] of count.asked) expect(passed, name).to.be.within(1, verdicts - 1);
    for (const reason of FILTERS)
      expect(
        [...count.refused.keys()].some((said) => said.startsWith(reason)),
        reason,
      ).to.equal(true);
  });

  it('is the same for pods that ask for devices, whole, in parts, shared or by several nodes', async () => {
    const count = await compare(randomDeviceWorld, settingOf('SLUICE_DEVICE_VERDICTS', 2000));
    const { verdicts, passed } = count.all;
    expect(passed).to.be.within(1, verdicts - 1);
    expect(count.differences).to.deep.equal([]);
  });

  async function compare(worldOf: (seed: number) => World, wanted: number): Promise<VerdictCount> {
    const count = new VerdictCount();
    for (let seed = settingOf('SLUICE_SEED', 1); count.all.verdicts < wanted; seed += 1) {
      const world = worldOf(seed);
      await bench.cluster.show(world);
      const judged = await oracle.judge();
      await bench.view.catchUp();
      for (const { pod, nodes, message } of judged) {
        const uid = stringAt(pod, ['metadata', 'uid']);
        count.add(world, pod, {
          theirs: nodes,
          ours: bench.view.nodesFor(uid),
          message,
          explained: bench.view.explain(uid),
        });
      }
    }
    console.log(count.table());
    console.log(`      ${bench.cluster.refusals.length} pods that the API server refused`);
    return count;
  }
});

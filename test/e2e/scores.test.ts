import { expect } from 'chai';
import { settingOf } from './support/gang-cluster.ts';
import { KubeScorer } from './support/verdicts/kube-scores.ts';
import { randomWishingWorld } from './support/verdicts/random-world.ts';
import { ScoreCount } from './support/verdicts/score-count.ts';
import { scorers, SluiceScores } from './support/verdicts/sluice-scores.ts';
import { openVerdictBench } from './support/verdicts/verdict-bench.ts';
import type { VerdictBench } from './support/verdicts/verdict-bench.ts';

/** Of pods, for each thing that is scored. */
const LEAST_TOLD_APART = 1;

describe('how well nodes suit a pod', function () {
  this.timeout(1_200_000);
  let bench: VerdictBench;

  before(async () => {
    bench = await openVerdictBench();
  });

  after(() => bench?.close());

  it('is for each thing that nodeorder scores what kube-scheduler says, but for rounding', async () => {
    const count = new ScoreCount();
    const first = settingOf('SLUICE_SEED', 1);
    for (let seed = first; seed < first + settingOf('SLUICE_WORLDS', 3); seed += 1) await compare(seed, count);
    console.log(
      `      ${JSON.stringify(Object.fromEntries(count.compared))} nodes, ${JSON.stringify(Object.fromEntries(count.toldApart))} pods`,
    );
    expect(count.differences).to.deep.equal([]);
    for (const name of scorers()) expect(count.toldApart.get(name) ?? 0, name).to.be.at.least(LEAST_TOLD_APART);
  });

  async function compare(seed: number, count: ScoreCount): Promise<void> {
    const world = randomWishingWorld(seed);
    await bench.cluster.show({ ...world, pending: [] });
    const scorer = await KubeScorer.start(bench.plane);
    const uids: (string | undefined)[] = [];
    for (const pod of world.pending) uids.push(await scorer.score(pod));
    const theirs = await scorer.scores();
    await scorer.stop();
    await bench.view.catchUp();
    const ours = new SluiceScores(bench.view.snapshot);
    for (const [i, pod] of world.pending.entries()) {
      const uid = uids[i];
      if (uid === undefined) continue;
      const task = bench.view.task(uid);
      const byScorer = theirs.get(`${pod.metadata.namespace}/${pod.metadata.name}`);
      for (const name of scorers()) {
        const points = byScorer?.get(name);
        if (points !== undefined) count.add(name, pod, points, ours.of(task, name, points.keys()));
      }
    }
  }
});

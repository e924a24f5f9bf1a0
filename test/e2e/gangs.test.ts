import { expect } from 'chai';
import { NODES, POD_GROUPS, PODS, QUEUES } from '../../src/api/resources.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { GangLoad } from './support/gang-load.ts';
import { applied, optedInNamespace } from './support/manifest.ts';
import type { History } from './support/history.ts';
import { judge } from './support/oracle/judge.ts';
import type { SluiceProcess } from './support/sluice-process.ts';
import { Stage } from './support/stage.ts';
import { GANG_CLUSTER, GANG_QUEUE_NAMES, GANG_QUEUES, settingOf } from './support/gang-cluster.ts';

/** A gang's bindings go out together; this is for a machine that does much else. */
const PATIENCE_MS = 10_000;

describe('random gangs on a cluster that cannot hold them all', function () {
  this.timeout(300_000);
  let stage: Stage;
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;

  before(async () => {
    stage = await Stage.start({ nodes: GANG_CLUSTER, kinds: [PODS, NODES, POD_GROUPS, QUEUES] });
    ({ plane, sluice, history } = stage);
    await applied(plane, optedInNamespace('gangs'), ...GANG_QUEUES);
  });

  after(async () => {
    await stage?.stop();
  });

  it('are each bound whole or not at all, and no node or queue ever holds more than it has', async function () {
    const gangs = settingOf('SLUICE_E2E_GANGS', 200);
    const shape = {
      seed: settingOf('SLUICE_E2E_SEED', 1),
      gangs,
      overMs: gangs * 50,
      queues: GANG_QUEUE_NAMES,
    } as const;
    const load = new GangLoad(plane, history, 'gangs', shape);
    await sluice.during(load.run().then(() => load.finished(settingOf('SLUICE_E2E_GIVE_UP_SECONDS', 120) * 1000)));
    const { violations, figures } = judge(history.events, PATIENCE_MS);
    console.log(`      ${JSON.stringify(figures)}`);
    expect(violations, sluice.log()).to.deep.equal([]);
    // The last check before the writes has found nothing either: not even a decision was wrong.
    expect(await sluice.metric('sluice_checker_refusals_total'), sluice.log()).to.equal(0);
    expect(await sluice.metric('volcano_schedule_attempts_total')).to.be.at.least(figures.bindings);
    expect(figures.wholeGangs).to.be.greaterThan(gangs / 4);
  });
});

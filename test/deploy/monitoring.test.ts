import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { NODES, POD_GROUPS, PODS, QUEUES } from '../../src/api/resources.ts';
import { ALERTS } from '../../tools/deploy/alerts.ts';
import { PANELS } from '../../tools/deploy/dashboard.ts';
import { installOrSkip } from '../clients/support/no-answer.ts';
import { GANG_CLUSTER } from '../e2e/support/gang-cluster.ts';
import { GangLoad } from '../e2e/support/gang-load.ts';
import { applied, optedInNamespace, priorityClass, queue } from '../e2e/support/manifest.ts';
import { Stage } from '../e2e/support/stage.ts';
import { drawDashboard } from './support/dashboard-picture.ts';
import { Prometheus } from './support/prometheus.ts';

const TEAM = 'gangs';
/** Gangs of two priorities, which take room from each other: there is something to be seen in every panel. */
const POLICY = `
actions: "enqueue, allocate, backfill, preempt, reclaim, gangpreempt, gangreclaim"
tiers:
- plugins:
  - name: priority
  - name: gang
  - name: conformance
- plugins:
  - name: predicates
  - name: capacity
  - name: nodeorder
  - name: binpack
`;
const GANGS = 40;
/** What Grafana puts in for an interval that holds some scrapes, with one each second. */
const INTERVAL = '20s';
const LOOK_MS = 1000;
const PICTURE_STEP_S = 2;

/** One line of a panel, and what it was seen to show. */
interface Line {
  readonly panel: string;
  readonly legend: string;
  readonly query: string;
  series: number;
  most: number;
}

describe('dashboard and alerts in the real Prometheus', function () {
  this.timeout(300_000);
  let stage: Stage;
  let prometheus: Prometheus;

  before(async function () {
    this.timeout(1_800_000);
    await installOrSkip(this, () => Prometheus.build());
    stage = await Stage.start({ policy: POLICY, nodes: GANG_CLUSTER, kinds: [PODS, NODES, POD_GROUPS, QUEUES] });
    const queues = ['a', 'b'].map((name) => queue(name, { deserved: { cpu: '112', 'nvidia.com/gpu': '28' } }));
    await applied(
      stage.plane,
      optedInNamespace(TEAM),
      priorityClass('low', 10),
      priorityClass('high', 1000),
      ...queues,
    );
    prometheus = await Prometheus.start({ operationsPorts: [stage.sluice.operationsPort], alerts: ALERTS });
  });

  after(async () => {
    await prometheus?.stop();
    await stage?.stop();
  });

  it('show something in each line of each panel while gangs come, run and take room from each other', async () => {
    const lines = PANELS.flatMap(linesOf);
    const shape = {
      seed: 3,
      gangs: GANGS,
      overMs: GANGS * 200,
      queues: ['a', 'b'],
      priorities: ['low', 'low', 'high'],
    } as const;
    const load = new GangLoad(stage.plane, stage.history, TEAM, shape);
    let isOver = false;
    const beganS = Date.now() / 1000;
    const looked = look(prometheus, lines, () => isOver);
    await stage.sluice.during(load.run().then(() => load.finished(200_000))).finally(() => (isOver = true));
    await looked;
    const path = process.env['SLUICE_E2E_PICTURE'];
    if (path !== undefined) await writeFile(path, await picture(prometheus, beganS, Date.now() / 1000));
    for (const { panel, legend, series, most } of lines)
      console.log(`      ${[panel, legend, `${series} series`, `at most ${most.toPrecision(3)}`].join(' | ')}`);
    const silent = lines.filter(({ series }) => series === 0);
    expect(silent.map(({ panel, legend }) => `${panel}: ${legend}`)).to.deep.equal([]);
  });

  it('tell nobody of anything while all goes well, and every metric that an alert asks for is there', async () => {
    expect(await prometheus.alerts('firing')).to.deep.equal([]);
    const metrics = new Set(
      ALERTS.flatMap(({ expression }) => expression.match(/\b(?:sluice|volcano)_[a-z0-9_]+/g) ?? []),
    );
    const missing: string[] = [];
    for (const metric of metrics) if ((await prometheus.query(metric)).length === 0) missing.push(metric);
    expect(missing).to.deep.equal([]);
  });
});

function linesOf({ title, lines }: (typeof PANELS)[number]): readonly Line[] {
  return Object.entries(lines).map(([legend, expression]) => ({
    panel: title,
    legend,
    query: expression.replaceAll('$__rate_interval', INTERVAL),
    series: 0,
    most: 0,
  }));
}

/** The whole dashboard over the run, as Grafana would draw it. */
async function picture(prometheus: Prometheus, beganS: number, endedS: number): Promise<string> {
  const panels = PANELS.map(async ({ title, unit, lines }) => {
    const drawn = Object.entries(lines).map(async ([legend, expression]) => {
      const query = expression.replaceAll('$__rate_interval', INTERVAL);
      const curves = await prometheus.range(query, beganS, endedS, PICTURE_STEP_S);
      return curves.map(({ labels, points }) => ({
        legend: legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? ''),
        points: points.map(([second, value]) => [second - beganS, value] as const),
      }));
    });
    return { title, unit, series: (await Promise.all(drawn)).flat() };
  });
  return drawDashboard(await Promise.all(panels), endedS - beganS);
}

/** Asks all of them again and again; a query that Prometheus does not understand ends it. */
async function look(prometheus: Prometheus, lines: readonly Line[], isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    for (const line of lines) {
      const values = (await prometheus.query(line.query))
        .map(({ value }) => value)
        .filter((value) => !Number.isNaN(value));
      line.series = Math.max(line.series, values.length);
      line.most = Math.max(line.most, ...values);
    }
    await sleep(LOOK_MS);
  }
}

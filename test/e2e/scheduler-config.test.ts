import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { CONFIG_MAPS, EVENTS, JOBS, POD_GROUPS, PODS } from '../../src/api/resources.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { freePort } from '../control-plane/free-port.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { History } from './support/history.ts';
import { applied, inNamespace, job, optedInNamespace } from './support/manifest.ts';
import { NamespaceView } from './support/namespace-view.ts';
import { grantTo } from './support/rights.ts';
import { SluiceProcess } from './support/sluice-process.ts';

const TEAM = 'team';
const HOME = 'sluice-system';
const NAME = 'sluice-scheduler';
/** A change is to show within one second; a machine that does much else gets more. */
const PATIENCE_MS = 5000;
const CURRENT = 'sluice_scheduler_configuration_current';
const CHANGES = 'sluice_scheduler_configuration_changes_total';

/** Packs, or spreads; with other actions than all where the case says so. */
function configuration(actions: string, scorer = 'binpack'): string {
  const plugins = ['priority', 'gang', 'predicates', 'proportion', scorer].map((name) => `  - name: ${name}`);
  return [`actions: "${actions}"`, 'tiers:', '- plugins:', ...plugins, ''].join('\n');
}

describe('the scheduler configuration', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let history: History;
  let team: NamespaceView;
  let webhookPort: number;
  let scheduler: SluiceProcess;

  before(async () => {
    plane = await startControlPlane();
    webhookPort = await freePort();
    const kubeconfig = plane.kubeconfigPath;
    const installing = SluiceProcess.launch({ kubeconfig, install: true, webhookPort, isSingle: true });
    await Promise.all([installing.ready(), plane.applyNodes([{ count: 2, cpu: '16', memory: '64Gi' }])]);
    await Promise.all([installing.stop(), grantTo(plane, 'sluice')]);
    history = await History.start(plane, [PODS, JOBS, POD_GROUPS, EVENTS, CONFIG_MAPS]);
    team = new NamespaceView(history, TEAM);
  });

  after(async () => {
    await history?.stop();
    await scheduler?.stop();
    await plane?.stop();
  });

  /** With the rights of manifests/rbac and no others. */
  async function start(...args: readonly string[]): Promise<SluiceProcess> {
    const kubeconfig = await plane.kubeconfigFor('sluice');
    return SluiceProcess.start({ kubeconfig, webhookPort, args });
  }

  describe('in a ConfigMap', () => {
    before(async () => {
      scheduler = await start('--scheduler-configmap', `${HOME}/${NAME}`);
      await applied(plane, optedInNamespace(TEAM));
    });
    after(() => scheduler.stop());

    it('is the default one while there is none', async () => {
      expect([
        await scheduler.metric('sluice_scheduler_configuration_hash'),
        await scheduler.metric(CURRENT),
      ]).to.deep.equal([0, 0]);
      await run('before', 2);
    });

    it('decides within a second of its change: what waited is placed', async () => {
      const toldMs = await put(configuration('enqueue'));
      await untilApplied(1);
      await applied(plane, inNamespace(TEAM, job('train', 4)));
      const { key } = await team.groupOf('train');
      await history.until('the group is let in', () =>
        stringAt(history.get(POD_GROUPS, key), ['status', 'phase']) === 'Inqueue' ? true : undefined,
      );
      const changedMs = await put(configuration('enqueue, allocate, backfill'));
      const bound = await team.bindingsOf('train', 4);
      const tookMs = Math.max(...bound.map(({ atMs }) => atMs)) - changedMs;
      console.log(`      ${JSON.stringify({ boundAfterMs: Math.round(tookMs) })}`);
      expect(changedMs).to.be.greaterThan(toldMs);
      expect(tookMs).to.be.within(0, PATIENCE_MS);
      expect(await scheduler.metric(CURRENT)).to.equal(1);
    });

    it('is refused with its mistakes, in an event that names the field, and the one before decides on', async () => {
      const inForce = await scheduler.metric('sluice_scheduler_configuration_hash');
      const changedMs = await put(configuration('enqueue, allocate', 'nosuchplugin'));
      const event = await refusal('tiers[0].plugins[4].name: "nosuchplugin": must be one of');
      expect(stringAt(event, ['type'])).to.equal('Warning');
      expect(stringAt(event, ['regarding', 'name'])).to.equal(NAME);
      expect(seenAt(event) - changedMs).to.be.below(PATIENCE_MS);
      expect(await scheduler.metric('sluice_scheduler_configuration_hash')).to.equal(inForce);
      expect(await scheduler.metric(CURRENT)).to.equal(0);
      await run('meanwhile', 2);
    });

    it('is refused when it is no YAML', async () => {
      await put('actions: [');
      await refusal('line ');
      await run('still', 2);
    });

    it('is taken again once it is mended', async () => {
      const before = await scheduler.metric(CHANGES);
      await put(configuration('enqueue, allocate, backfill', 'nodeorder'));
      await untilApplied(before + 1);
      expect(await scheduler.metric(CURRENT)).to.equal(1);
      await run('mended', 2);
    });

    it('stays in force when the ConfigMap is deleted, which is said', async () => {
      const inForce = await scheduler.metric('sluice_scheduler_configuration_hash');
      const said = scheduler.printed('no scheduler configuration, the one before stays in force');
      expect((await plane.kubectl(['-n', HOME, 'delete', 'configmap', NAME])).code).to.equal(0);
      await scheduler.during(said);
      expect(await scheduler.metric('sluice_scheduler_configuration_hash')).to.equal(inForce);
      await run('gone', 2);
    });

    it('cannot be any other ConfigMap with the rights of the scheduler: that is told in one line', async () => {
      // Controllers read policies in whatever ConfigMap they are.
      await plane.kubectl(['delete', 'clusterrolebinding', 'sluice-controllers']);
      const other = SluiceProcess.launch({
        kubeconfig: await plane.kubeconfigFor('sluice'),
        roles: 'scheduler',
        args: ['--scheduler-configmap', `${HOME}/other`],
      });
      const code = await other.ended;
      await grantTo(plane, 'sluice');
      expect(code).to.equal(1);
      for (const verb of ['list', 'watch']) {
        expect(other.log())
          .to.match(/lacks rights on /)
          .and.include(`${verb} configmaps "other" in namespace ${HOME}`);
      }
    });
  });

  describe('in a file', () => {
    it('is followed as well', async () => {
      const path = join(plane.dataDir, 'scheduler.conf');
      await writeFile(path, configuration('enqueue'));
      scheduler = await start('--scheduler-config', path);
      await applied(plane, inNamespace(TEAM, job('filed', 2)));
      const { key } = await team.groupOf('filed');
      await history.until('the group is let in', () =>
        stringAt(history.get(POD_GROUPS, key), ['status', 'phase']) === 'Inqueue' ? true : undefined,
      );
      const changedMs = performance.now();
      await writeFile(path, configuration('enqueue, allocate'));
      const bound = await team.bindingsOf('filed', 2);
      const tookMs = Math.max(...bound.map(({ atMs }) => atMs)) - changedMs;
      console.log(`      ${JSON.stringify({ boundAfterMs: Math.round(tookMs) })}`);
      expect(tookMs).to.be.below(PATIENCE_MS);
      const said = scheduler.printed('no scheduler configuration, the one before stays in force');
      await rm(path);
      await scheduler.during(said);
      await run('unfiled', 2);
    });
  });

  /** A Job's pods are bound. */
  async function run(name: string, size: number): Promise<void> {
    await applied(plane, inNamespace(TEAM, job(name, size)));
    await scheduler.during(team.bindingsOf(name, size));
  }

  /** Writes the ConfigMap; when the API server has told of it. */
  async function put(text: string): Promise<number> {
    await applied(plane, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: NAME, namespace: HOME },
      data: { 'volcano-scheduler.conf': text },
    });
    const key = `${HOME}/${NAME}`;
    return history.until('the ConfigMap as it was written', () => {
      const newest = history.of(CONFIG_MAPS, key).at(-1);
      return stringAt(newest?.object, ['data', 'volcano-scheduler.conf']) === text ? newest?.atMs : undefined;
    });
  }

  function refusal(start: string): Promise<JsonObject> {
    return scheduler.during(
      history.until(`an event with ${start}`, () =>
        history.all(EVENTS).find((event) => {
          const note = stringAt(event, ['note']);
          return stringAt(event, ['reason']) === 'ConfigurationRefused' && note.includes(` ${start}`);
        }),
      ),
    );
  }

  function seenAt(event: JsonObject): number {
    const key = `${stringAt(event, ['metadata', 'namespace'])}/${stringAt(event, ['metadata', 'name'])}`;
    return history.of(EVENTS, key)[0]?.atMs ?? Infinity;
  }

  /** The metric is looked at until it says so: nothing else tells that a policy without an effect is in force. */
  async function untilApplied(changes: number): Promise<void> {
    while ((await scheduler.metric(CHANGES)) < changes) await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

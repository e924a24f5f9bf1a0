import { expect } from 'chai';
import { apiVersion, COMMANDS, CRON_VCJOBS, HYPER_NODES, NODE_SHARDS, QUEUES } from '../../src/api/resources.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { freePort } from '../control-plane/free-port.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { vcjob } from '../webhooks/vcjobs/vcjob-fixture.ts';
import { applied, queue } from './support/manifest.ts';
import { SluiceProcess } from './support/sluice-process.ts';

const TEAM = 'team-a';

describe('CronJobs, queues and HyperNodes of Volcano on a real control plane', function () {
  this.timeout(90_000);
  let plane: ControlPlane;
  let sluice: SluiceProcess;

  before(async () => {
    plane = await startControlPlane();
    sluice = await SluiceProcess.start({
      kubeconfig: plane.kubeconfigPath,
      install: true,
      webhookPort: await freePort(),
    });
    await plane.applyNodes([{ count: 3, cpu: '8', memory: '32Gi' }]);
    await applied(plane, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: TEAM } });
  });

  after(async () => {
    await sluice?.stop();
    await plane?.stop();
  });

  /** Waits until the object's field has the value. */
  async function becomes(type: string, name: string, path: string, value: string): Promise<void> {
    const { code, stderr } = await plane.kubectl([
      'wait',
      type,
      name,
      '-n',
      TEAM,
      `--for=jsonpath={${path}}=${value}`,
      '--timeout=30s',
    ]);
    expect(code, `${type} ${name}: ${stderr}`).to.equal(0);
  }

  async function refusal(object: JsonObject): Promise<string> {
    const { stderr } = await plane.kubectl(['create', '-n', TEAM, '-f', '-'], JSON.stringify(object));
    return stderr;
  }

  function cron(name: string, spec: JsonObject): JsonObject {
    return {
      apiVersion: apiVersion(CRON_VCJOBS),
      kind: CRON_VCJOBS.kind,
      metadata: { name, namespace: TEAM },
      spec: { jobTemplate: { spec: vcjob()['spec'] ?? {} }, ...spec },
    };
  }

  it('makes a job when it is due, and says so in its status and in events', async () => {
    await applied(plane, cron('often', { schedule: '@every 2s', concurrencyPolicy: 'Forbid' }));
    await becomes('cronvcjob', 'often', '.status.active[0].kind', 'Job');
    const { stdout } = await plane.kubectl(['get', 'vcjob', '-n', TEAM, '-o', 'name']);
    expect(stdout.trim()).to.match(/^job\.batch\.volcano\.sh\/often-\d{8}$/);
    const events = await plane.kubectl([
      'wait',
      '--for=create',
      'event',
      '-n',
      TEAM,
      '--field-selector=reason=SuccessfulCreate,involvedObject.name=often',
      '--timeout=20s',
    ]);
    expect(events.code, events.stderr).to.equal(0);
  });

  it('refuses a schedule that cannot be read', async () => {
    expect(await refusal(cron('never', { schedule: '61 * * * *' }))).to.include(
      'schedule is not a valid cron expression',
    );
  });

  it('closes a queue and those below it by a Command, and opens them again', async () => {
    await applied(plane, queue('top'));
    await applied(plane, queue('low', { parent: 'top' }));
    await becomes('queue', 'top', '.spec.parent', 'root');
    const { stdout: uid } = await plane.kubectl(['get', 'queue', 'top', '-o', 'jsonpath={.metadata.uid}']);
    for (const [action, state] of [
      ['CloseQueue', 'Closed'],
      ['OpenQueue', 'Open'],
    ] as const) {
      await applied(plane, {
        apiVersion: apiVersion(COMMANDS),
        kind: COMMANDS.kind,
        metadata: { name: action.toLowerCase(), namespace: TEAM },
        action,
        target: { apiVersion: apiVersion(QUEUES), kind: QUEUES.kind, name: 'top', uid },
      });
      await becomes('queue', 'top', '.status.state', state);
      await becomes('queue', 'low', '.status.state', state);
      const { code } = await plane.kubectl([
        'wait',
        '--for=delete',
        'command',
        action.toLowerCase(),
        '-n',
        TEAM,
        '--timeout=20s',
      ]);
      expect(code, action).to.equal(0);
    }
  });

  it('counts the nodes of a HyperNode, and holds it to its rules', async () => {
    const members = (selector: JsonObject): JsonObject => ({
      apiVersion: apiVersion(HYPER_NODES),
      kind: HYPER_NODES.kind,
      metadata: { name: 'all' },
      spec: { tier: 1, members: [{ type: 'Node', selector }] },
    });
    expect(await refusal(members({}))).to.include('Either ExactMatch or RegexMatch or LabelMatch must be specified');
    expect(await refusal(members({ regexMatch: { pattern: '(' } }))).to.include('member regexMatch pattern is invalid');
    await applied(plane, members({ regexMatch: { pattern: '.' } }));
    await becomes('hypernode', 'all', '.status.nodeCount', '3');
  });

  it('says of kinds without effect that they have none', async () => {
    const shard = {
      apiVersion: apiVersion(NODE_SHARDS),
      kind: NODE_SHARDS.kind,
      metadata: { name: 's' },
      spec: { nodesDesired: [] },
    };
    expect(await refusal(shard)).to.include('nodeshards are stored, and nothing of Sluice acts on them yet');
  });
});

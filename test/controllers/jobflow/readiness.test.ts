import { expect } from 'chai';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import { ASK_AGAIN_MS } from '../../../src/controllers/jobflow/readiness.ts';
import { projectPod } from '../../../src/api/projections/pod.ts';
import { apiVersion, VCJOBS } from '../../../src/api/resources.ts';
import { stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { flow } from '../../webhooks/jobflows/jobflow-fixture.ts';
import { FlowWorld } from './flow-world.ts';

/** Flow `b` waits for `a`, whose job runs two servers and a helper. */
function world(probe: JsonObject | undefined, phase = 'Running', counts: JsonObject = {}): FlowWorld {
  const dependsOn = { targets: ['a'], ...(probe === undefined ? {} : { probe }) };
  const made = new FlowWorld([flow('a'), flow('b', [], { dependsOn })]);
  const server = { name: 'server', replicas: 2 };
  made.addTemplate('a', { tasks: [server, { name: 'helper', replicas: 3, minAvailable: 1 }] });
  made.addJob('daily-a', phase, { taskStatusCount: counts });
  made.step();
  return made;
}

function addPod(to: FlowWorld, name: string, status: JsonObject = {}, job = 'j-1'): void {
  const owner = { apiVersion: apiVersion(VCJOBS), kind: 'Job', name: 'daily-a', uid: job, controller: true };
  const raw = {
    metadata: { name, namespace: 'ns', uid: `uid-${name}`, resourceVersion: '1', ownerReferences: [owner] },
    spec: { containers: [{ name: 'main', image: 'x' }] },
    status: { phase: 'Running', podIP: `10.1.0.${to.pods.size + 1}`, hostIP: '10.0.0.1', ...status },
  };
  to.pods.set(name, projectPod(raw, new Map()) as PodRecord);
}

function addServers(to: FlowWorld, ...statuses: readonly JsonObject[]): void {
  statuses.forEach((status, index) => addPod(to, `daily-a-server-${index}`, status));
}

function isMade(in_: FlowWorld): boolean {
  return in_.jobs.has('daily-b');
}

function asked(in_: FlowWorld): readonly string[] {
  return in_.look().flatMap((effect) => (effect.kind === 'askPods' ? effect.questions.map(({ id }) => id) : []));
}

function waits(in_: FlowWorld): readonly number[] {
  return in_.look().flatMap((effect) => (effect.kind === 'requeueAfter' ? [effect.requeueAfterMs] : []));
}

const SOCKET = { tcpSocketList: [{ taskName: 'server', port: 80 }] };

describe('a flow with a probe', () => {
  const phases: Readonly<
    Record<string, { probe: JsonObject | undefined; phase?: string; counts?: JsonObject; want: boolean }>
  > = {
    'waits for the end where it has none': { probe: undefined, want: false },
    'goes on after the end of what could have shown it': { probe: SOCKET, phase: 'Completed', want: true },
    'goes on once the task has as many pods in the phase as it needs': {
      probe: { taskStatusList: [{ taskName: 'server', phase: 'Running' }] },
      counts: { server: { phase: { Running: 2 } } },
      want: true,
    },
    'waits for the last pod that the task needs': {
      probe: { taskStatusList: [{ taskName: 'server', phase: 'Running' }] },
      counts: { server: { phase: { Running: 1, Pending: 1 } } },
      want: false,
    },
    'waits for no more pods than the task needs': {
      probe: { taskStatusList: [{ taskName: 'helper', phase: 'Running' }] },
      counts: { helper: { phase: { Running: 1, Pending: 2 } } },
      want: true,
    },
    'takes pods that have succeeded for pods that were running': {
      probe: { taskStatusList: [{ taskName: 'server' }] },
      counts: { server: { phase: { Running: 1, Succeeded: 1 } } },
      want: true,
    },
    'looks at all tasks where it names none': {
      probe: { taskStatusList: [{ phase: 'Running' }] },
      counts: { server: { phase: { Running: 2 } } },
      want: false,
    },
    'waits for all that it says': {
      probe: { taskStatusList: [{ taskName: 'server' }, { taskName: 'helper', phase: 'Succeeded' }] },
      counts: { server: { phase: { Running: 2 } }, helper: { phase: { Running: 3 } } },
      want: false,
    },
    'waits for the end of a target that has no such task': {
      probe: { taskStatusList: [{ taskName: 'other' }] },
      counts: { server: { phase: { Running: 2 } } },
      want: false,
    },
    'waits for the end where it says nothing': { probe: {}, want: false },
  };
  for (const [name, { probe, phase, counts, want }] of Object.entries(phases)) {
    it(name, () => expect(isMade(world(probe, phase, counts))).to.equal(want));
  }

  it('asks each pod, and goes on once all that the task needs have answered', () => {
    const made = world(SOCKET);
    addServers(made, {}, {});
    expect(asked(made)).to.deep.equal(['uid-daily-a-server-0 80', 'uid-daily-a-server-1 80']);
    made.step(({ address }) => address === '10.1.0.1');
    expect(isMade(made)).to.equal(false);
    made.nowMs += ASK_AGAIN_MS;
    expect(asked(made), 'who has answered is not asked again').to.deep.equal(['uid-daily-a-server-1 80']);
    made.step(() => true);
    made.step();
    expect(isMade(made)).to.equal(true);
  });

  it('comes back at once for the answers, and asks again after a while, not before', () => {
    const made = world(SOCKET);
    addServers(made, {}, {});
    expect(waits(made)).to.deep.equal([0, ASK_AGAIN_MS]);
    made.step(() => false);
    expect(asked(made)).to.deep.equal([]);
    expect(waits(made)).to.deep.equal([ASK_AGAIN_MS]);
    made.nowMs += ASK_AGAIN_MS - 1;
    expect(waits(made)).to.deep.equal([1]);
    made.nowMs += 1;
    expect(asked(made)).to.have.length(2);
  });

  it('asks nobody but running pods of the job with an address of their own', () => {
    const made = world({ tcpSocketList: [{ port: 80 }] });
    addServers(made, { phase: 'Pending' }, { podIP: '10.0.0.1' });
    addPod(made, 'daily-a-helper-0', { podIP: '' });
    addPod(made, 'daily-a-helper-1', {}, 'another-job');
    addPod(made, 'daily-a-helper-2');
    expect(asked(made)).to.deep.equal(['uid-daily-a-helper-2 80']);
    expect(waits(made), 'pods wake nobody').to.deep.equal([0, ASK_AGAIN_MS]);
  });

  it('asks for what it says', () => {
    const made = world({
      httpGetList: [
        { taskName: 'server', path: '/ready', port: 8080, httpHeader: { name: 'X-Token', value: 'abc' } },
        { taskName: 'server' },
      ],
    });
    addServers(made, {});
    const [effect] = made.look().filter(({ kind }) => kind === 'askPods');
    expect(effect?.kind === 'askPods' && effect.questions).to.deep.equal([
      {
        id: 'uid-daily-a-server-0 8080 /ready X-Token abc',
        address: '10.1.0.1',
        port: 8080,
        http: { path: '/ready', header: { name: 'X-Token', value: 'abc' } },
      },
      { id: 'uid-daily-a-server-0 80 /  ', address: '10.1.0.1', port: 80, http: { path: '/', header: undefined } },
    ]);
  });

  it('knocks only once the phases are as they should be', () => {
    const made = world({ ...SOCKET, taskStatusList: [{ taskName: 'server' }] });
    addServers(made, {}, {});
    expect(asked(made)).to.deep.equal([]);
    made.setPhase('daily-a', 'Running', { taskStatusCount: { server: { phase: { Running: 2 } } } });
    expect(asked(made)).to.have.length(2);
  });

  it('asks no more than some pods in one go', () => {
    const made = world(SOCKET);
    made.addTemplate('a', { tasks: [{ name: 'server', replicas: 100 }] });
    made.addJob('daily-a', 'Running');
    for (let index = 0; index < 100; index += 1) addPod(made, `daily-a-server-${index}`, {}, 'j-2');
    let rounds = 0;
    for (; rounds < 10 && !isMade(made); rounds += 1) {
      expect(asked(made).length).to.be.at.most(32);
      made.step(() => true);
    }
    expect(isMade(made)).to.equal(true);
    expect(rounds).to.equal(5);
    expect(stringAt(made.jobs.get('daily-b'), ['metadata', 'name'])).to.equal('daily-b');
  });
});

import { expect } from 'chai';
import { bindPod } from '../../../../src/engine/cycle/bind/binding.ts';
import type { BindingEnd } from '../../../../src/engine/cycle/bind/binding.ts';
import type { WriteOutcome } from '../../../../src/engine/ports.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import { settled } from '../../../support/controller-ports.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { cardPod } from '../../../support/card-records.ts';
import { objectAt } from '../../../../src/lib/json.ts';
import { makePod, makeShape } from '../../../support/records.ts';
import {
  CONFLICT,
  DONE,
  NOT_FOUND,
  NOT_LEADER,
  REFUSED,
  ScriptedWriter,
  THROTTLED,
  UNKNOWN,
} from '../../../support/scripted-writer.ts';

const POD = makePod('p', 'g', makeShape({ cpu: 1000 }));

/** The answer to reading the pod. */
function seen(nodeName: string, metadata: JsonObject = {}): WriteOutcome {
  return {
    kind: 'done',
    object: { metadata: { uid: POD.uid, ...metadata }, spec: nodeName === '' ? {} : { nodeName } },
  };
}

async function bind(...script: readonly WriteOutcome[]): Promise<{ end: BindingEnd; asked: string; tookMs: number }> {
  const writer = new ScriptedWriter(...script);
  const clock = new ManualClock();
  let end: BindingEnd | undefined;
  void bindPod({ writer, clock }, POD, { node: 'n1', planId: 'plan-1' }).then((found) => (end = found));
  await settled();
  while (end === undefined && clock.step()) await settled();
  if (end === undefined) throw new Error('The binding has no end');
  return { end, asked: writer.requests.map(({ verb }) => verb).join(' '), tookMs: clock.nowMs() };
}

describe('a binding', () => {
  const cases: readonly (readonly [string, readonly WriteOutcome[], BindingEnd, string])[] = [
    ['is done when the server says so', [DONE], 'bound', 'create'],
    ['ends with the pod', [NOT_FOUND], 'gone', 'create'],
    ['is not repeated when it was refused', [REFUSED], 'refused', 'create'],
    ['ends with the lead', [NOT_LEADER], 'notLeader', 'create'],
    ['is done when its answer was lost and the pod sits there', [UNKNOWN, seen('n1')], 'bound', 'create get'],
    ['is done when it was done before', [CONFLICT, seen('n1')], 'bound', 'create get'],
    ['has failed when another was faster', [CONFLICT, seen('n2')], 'elsewhere', 'create get'],
    ['has failed when the pod is in the way itself', [CONFLICT, seen('')], 'unbound', 'create get'],
    ['knows another pod of the same name', [CONFLICT, seen('n1', { uid: 'other' })], 'gone', 'create get'],
    ['gives a deleted pod up', [CONFLICT, seen('', { deletionTimestamp: 'now' })], 'gone', 'create get'],
    ['finds a pod gone', [UNKNOWN, NOT_FOUND], 'gone', 'create get'],
    ['ends when the lead is lost while it asks', [UNKNOWN, NOT_LEADER], 'notLeader', 'create get'],
    ['is sent again when it did not arrive', [UNKNOWN, seen(''), DONE], 'bound', 'create get create'],
    ['is sent again when nobody can say', [UNKNOWN, UNKNOWN, CONFLICT, seen('n1')], 'bound', 'create get create get'],
    ['is sent again after a wait, without a question', [THROTTLED, DONE], 'bound', 'create create'],
  ];
  for (const [name, script, end, asked] of cases) {
    it(name, async () => {
      const found = await bind(...script);
      expect([found.end, found.asked]).to.deep.equal([end, asked]);
    });
  }

  it('waits as long as the server asks', async () => {
    expect((await bind(THROTTLED, DONE)).tookMs).to.equal(5000);
  });

  it('is given up within a minute, with growing pauses', async () => {
    const { end, asked, tookMs } = await bind(...Array.from({ length: 200 }, () => UNKNOWN));
    expect(end).to.equal('unknown');
    expect(tookMs).to.be.within(50_000, 60_000);
    expect(asked.split(' ').length).to.be.below(50);
  });

  it('tells the device plugin which cards the pod has', async () => {
    const writer = new ScriptedWriter();
    const pod = cardPod('p', 'g', [{ 'vgpu-number': 1, 'vgpu-memory': 5 }]);
    const cards = [[{ card: 'GPU-a', memory: 5, cores: 0 }]];
    await bindPod({ writer, clock: new ManualClock() }, pod, { node: 'n1', planId: 'plan-1', cards });
    const metadata = writer.requests[0]?.body?.['metadata'];
    expect(objectAt(metadata, 'annotations')).to.include({
      'sluice.dev/bind-plan-id': 'plan-1',
      'volcano.sh/vgpu-node': 'n1',
      'volcano.sh/devices-to-allocate': 'GPU-a,NVIDIA,5,0:',
    });
  });

  it('names the very pod, and the plan', async () => {
    const writer = new ScriptedWriter();
    await bindPod({ writer, clock: new ManualClock() }, POD, { node: 'n1', planId: 'plan-1' });
    await bindPod({ writer, clock: new ManualClock() }, POD, { node: 'n1', planId: '' });
    const [planned, plain] = writer.requests.map(({ body }) => body?.['metadata']);
    expect(plain).to.deep.equal({ name: 'p', namespace: 'ns', uid: 'uid-p' });
    expect(planned).to.deep.equal({
      name: 'p',
      namespace: 'ns',
      uid: 'uid-p',
      annotations: { 'sluice.dev/bind-plan-id': 'plan-1' },
    });
    expect(writer.requests[0]?.subresource).to.equal('binding');
    expect(writer.requests[0]?.body?.['target']).to.deep.equal({ apiVersion: 'v1', kind: 'Node', name: 'n1' });
  });
});

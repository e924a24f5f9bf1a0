import { expect } from 'chai';
import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { EngineClient } from '../../../src/cli/serve/engine-client.ts';
import { serveWebhook } from '../../../src/cli/serve/serve-webhook.ts';
import type { Fit } from '../../../webhooks/question.ts';
import { QUIET_LOG } from '../../support/quiet-log.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const FIT: Fit = { nodes: 2, open: 1, places: 1, why: '1 other', wait: '', claimed: {} };
const UNKNOWN = { kind: 'fit', fit: 'unknown' };
const QUESTION = { kind: 'fit', key: 'fit', namespace: 'ns', template: { spec: {} }, count: 3 } as const;
const NOBODY = { setRoom: nothing, setDevices: nothing, setFree: nothing };

function nothing(): void {
  // Nothing is told.
}

function connected(port: MessagePort, clock = new ManualClock()): EngineClient {
  const client = new EngineClient(NOBODY, clock);
  client.connect(port);
  return client;
}

describe('what the webhook asks the engine', () => {
  let ends: MessageChannel;

  beforeEach(() => {
    ends = new MessageChannel();
  });

  afterEach(() => {
    ends.port1.close();
    ends.port2.close();
  });

  function engine(port: MessagePort, fit: () => Fit | undefined): unknown[] {
    const asked: unknown[] = [];
    const scheduler = {
      told: { room: undefined, devices: undefined },
      free: () => undefined,
      tryPods: (...question: readonly unknown[]) => {
        asked.push(question);
        return fit();
      },
    };
    serveWebhook(port, { scheduler, leadersRoom: scheduler }, QUIET_LOG);
    return asked;
  }

  it('is answered by the engine that leads', async () => {
    const asked = engine(ends.port1, () => FIT);
    const client = connected(ends.port2);
    ends.port2.ref();
    expect(await client.fit(QUESTION)).to.deep.equal({ kind: 'fit', fit: FIT });
    expect(asked).to.deep.equal([['ns', { spec: {} }, 3]]);
    expect(await client.place({ kind: 'place', key: 'p', group: 'ns/g', task: 'w' })).to.deep.equal({
      kind: 'place',
      node: undefined,
    });
  });

  it('is unknown to an engine that does not lead, and without an engine', async () => {
    engine(ends.port1, () => undefined);
    const client = connected(ends.port2);
    ends.port2.ref();
    expect(await client.fit(QUESTION)).to.deep.equal(UNKNOWN);
    expect(await new EngineClient(NOBODY, new ManualClock()).fit(QUESTION)).to.deep.equal(UNKNOWN);
  });

  it('is unknown after 50 ms of silence, and an answer that comes later is nobody’s', async () => {
    const clock = new ManualClock();
    const client = connected(ends.port2, clock);
    ends.port2.ref();
    const asking = client.fit(QUESTION);
    const [word] = (await once(ends.port1, 'message')) as [{ readonly id: number }];
    clock.advance(49);
    const isOpen = await Promise.race([asking.then(() => false), Promise.resolve(true)]);
    expect(isOpen).to.equal(true);
    clock.advance(1);
    expect(await asking).to.deep.equal(UNKNOWN);
    ends.port1.postMessage({ kind: 'fit', id: word.id, fit: { ...FIT, why: 'late' } });
    const next = client.fit(QUESTION);
    const [second] = (await once(ends.port1, 'message')) as [{ readonly id: number }];
    ends.port1.postMessage({ kind: 'fit', id: second.id, fit: FIT });
    expect(await next).to.deep.equal({ kind: 'fit', fit: FIT });
  });

  it('is unknown when the engine fails over it, and the engine goes on', async () => {
    let asked = 0;
    engine(ends.port1, () => {
      asked += 1;
      if (asked === 1) throw new Error('broken');
      return FIT;
    });
    const client = connected(ends.port2);
    ends.port2.ref();
    expect(await client.fit(QUESTION)).to.deep.equal(UNKNOWN);
    expect(await client.fit(QUESTION)).to.deep.equal({ kind: 'fit', fit: FIT });
  });

  it('is unknown once another engine follows, which is asked from then on', async () => {
    const client = connected(ends.port2);
    const open = client.fit(QUESTION);
    const next = new MessageChannel();
    engine(next.port1, () => FIT);
    client.connect(next.port2);
    next.port2.ref();
    expect(await open).to.deep.equal(UNKNOWN);
    expect(await client.fit(QUESTION)).to.deep.equal({ kind: 'fit', fit: FIT });
    next.port1.close();
  });

  it('is not asked any more while a hundred wait', async () => {
    const client = connected(ends.port2);
    for (let n = 0; n < 100; n += 1) void client.fit(QUESTION);
    expect(await client.fit(QUESTION)).to.deep.equal(UNKNOWN);
  });
});

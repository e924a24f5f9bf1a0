import { expect } from 'chai';
import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { EngineClient } from '../../src/cli/engine-client.ts';
import { serveWebhook } from '../../src/cli/room-poster.ts';
import type { Fit } from '../../webhooks/question.ts';
import { ManualClock } from '../support/manual-clock.ts';

const FIT: Fit = { nodes: 2, open: 1, places: 1, why: '1 other' };
const UNKNOWN = { kind: 'fit', fit: 'unknown' };
const QUESTION = { kind: 'fit', key: 'fit', namespace: 'ns', template: { spec: {} }, count: 3 } as const;
const NOBODY = { setRoom: nothing, setDevices: nothing, setFree: nothing };

function nothing(): void {
  // Nothing is told.
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

  function engine(port: MessagePort, fit: Fit | undefined): unknown[] {
    const asked: unknown[] = [];
    serveWebhook(port, {
      told: { room: undefined, devices: undefined },
      free: () => undefined,
      tryPods: (...question) => {
        asked.push(question);
        return fit;
      },
    });
    return asked;
  }

  it('is answered by the engine that leads', async () => {
    const asked = engine(ends.port1, FIT);
    const client = new EngineClient(ends.port2, NOBODY, new ManualClock());
    ends.port2.ref();
    expect(await client.fit(QUESTION)).to.deep.equal({ kind: 'fit', fit: FIT });
    expect(asked).to.deep.equal([['ns', { spec: {} }, 3]]);
    expect(await client.place({ kind: 'place', key: 'p', group: 'ns/g', task: 'w' })).to.deep.equal({
      kind: 'place',
      node: undefined,
    });
  });

  it('is unknown to an engine that does not lead, and without an engine', async () => {
    engine(ends.port1, undefined);
    const client = new EngineClient(ends.port2, NOBODY, new ManualClock());
    ends.port2.ref();
    expect(await client.fit(QUESTION)).to.deep.equal(UNKNOWN);
    expect(await new EngineClient(undefined, NOBODY, new ManualClock()).fit(QUESTION)).to.deep.equal(UNKNOWN);
  });

  it('is unknown after 50 ms of silence, and an answer that comes later is nobody’s', async () => {
    const clock = new ManualClock();
    const client = new EngineClient(ends.port2, NOBODY, clock);
    ends.port2.ref();
    const asking = client.fit(QUESTION);
    const [word] = (await once(ends.port1, 'message')) as [{ readonly id: number }];
    clock.advance(49);
    const isOpen = await Promise.race([asking.then(() => false), Promise.resolve(true)]);
    expect(isOpen).to.equal(true);
    clock.advance(1);
    expect(await asking).to.deep.equal(UNKNOWN);
    ends.port1.postMessage({ kind: 'fit', id: word.id, fit: FIT });
  });

  it('is not asked any more while a hundred wait', async () => {
    const client = new EngineClient(ends.port2, NOBODY, new ManualClock());
    const waiting = Array.from({ length: 100 }, () => client.fit(QUESTION));
    expect(await client.fit(QUESTION)).to.deep.equal(UNKNOWN);
    expect(waiting.length).to.equal(100);
  });
});

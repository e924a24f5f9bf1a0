import { expect } from 'chai';
import { amountsText } from '../../../src/api/amounts.ts';
import { LEASES } from '../../../src/api/resources.ts';
import { LeadersRoom } from '../../../src/engine/lead/leaders-room.ts';
import { makeLease } from '../../../src/engine/lead/lease-record.ts';
import { stringAt } from '../../../src/lib/json.ts';
import type { ClusterWriter } from '../../../src/engine/ports.ts';
import { LeaseServer } from '../../support/lease-world.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const PLACE = {
  namespace: 'sluice',
  name: 'sluice',
  acquireTime: '',
  renewTime: '',
  transitions: 0,
  durationMs: 15_000,
};

describe('what nodes have left, in the eyes of who does not lead', () => {
  let clock: ManualClock;
  let server: LeaseServer;
  let room: LeadersRoom;
  let leads: boolean;

  beforeEach(() => {
    clock = new ManualClock();
    server = new LeaseServer();
    leads = false;
    const writer: ClusterWriter = { write: (request) => Promise.resolve(server.handle(request)) };
    room = new LeadersRoom({ writer, clock, namespace: 'sluice', name: 'sluice' });
  });

  afterEach(() => room.stop());

  it('is what the leader said with its latest renewal', async () => {
    follow();
    expect(await afterMs(0)).to.equal('unknown');
    renew('{"cpu":"4","memory":"8Gi"}');
    expect(await afterMs(2000)).to.equal('{"cpu":"4","memory":"8Gi"}');
    renew('{"cpu":"500m"}');
    expect(await afterMs(2000)).to.equal('{"cpu":"500m"}');
  });

  it('is unknown once the leader was not seen to renew for as long as its lease lasts, or gave it back', async () => {
    renew('{"cpu":"4"}');
    follow();
    expect(await afterMs(14_000)).to.equal('{"cpu":"4"}');
    expect(await afterMs(2000)).to.equal('unknown');
    renew('{"cpu":"4"}');
    expect(await afterMs(2000)).to.equal('{"cpu":"4"}');
    renew(undefined, '');
    expect(await afterMs(2000)).to.equal('unknown');
  });

  it('is unknown where the leader does not say it, or somebody else wrote what is no resource list', async () => {
    follow();
    for (const text of [undefined, '', '{', '7', '[]', 'null']) {
      renew(text);
      expect(await afterMs(2000), text).to.equal('unknown');
    }
  });

  it('is not asked for by who leads', async () => {
    leads = true;
    renew('{"cpu":"4"}');
    follow();
    expect(await afterMs(4000)).to.equal('unknown');
    leads = false;
    expect(await afterMs(2000)).to.equal('{"cpu":"4"}');
  });

  function follow(): void {
    room.follow(() => leads);
  }

  function renew(freeRoom: string | undefined, holder = 'leader'): void {
    const resourceVersion = stringAt(server.lease, ['metadata', 'resourceVersion']);
    const body = makeLease({ ...PLACE, resourceVersion, holder, freeRoom });
    const verb = resourceVersion === '' ? 'create' : 'replace';
    server.handle({ type: LEASES, namespace: 'sluice', name: 'sluice', subresource: '', lane: 'decision', verb, body });
  }

  async function afterMs(ms: number): Promise<string> {
    await flush();
    for (let passedMs = 0; passedMs < ms; passedMs += 1000) {
      clock.advance(1000);
      await flush();
    }
    const free = room.free();
    return free === undefined ? 'unknown' : amountsText(free);
  }
});

async function flush(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
}

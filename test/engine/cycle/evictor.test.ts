import { expect } from 'chai';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import { Evictor } from '../../../src/engine/cycle/evictor.ts';
import type { WriteOutcome } from '../../../src/engine/ports.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { QUIET_LOG } from '../../support/quiet-log.ts';
import { RecordingMetrics } from '../../support/recording-metrics.ts';
import { makePod, makePodGroup, makeShape } from '../../support/records.ts';
import { DONE, NOT_LEADER, REFUSED, ScriptedWriter, UNKNOWN } from '../../support/scripted-writer.ts';

const RUNNING: Partial<PodRecord> = { nodeName: 'n1', phase: 'Running' };

interface Seen {
  readonly writes: readonly string[];
  readonly events: readonly string[];
  readonly forgotten: readonly string[];
}

async function evict(overrides: Partial<PodRecord> | undefined, ...script: readonly WriteOutcome[]): Promise<Seen> {
  const writer = new ScriptedWriter(...script);
  const events: string[] = [];
  const forgotten: string[] = [];
  const evictor = new Evictor({
    writer,
    clock: new ManualClock(0),
    metrics: new RecordingMetrics(),
    log: QUIET_LOG,
    events: { record: ({ name }, _type, reason, _action, note) => void events.push(`${name} ${reason} ${note}`) },
    pod: () => (overrides === undefined ? undefined : makePod('p', 'g', makeShape({}), overrides)),
    group: () => makePodGroup('g', 1),
    forget: (uid) => void forgotten.push(uid),
  });
  const message = 'queue a takes back its share.';
  await evictor.evict({ kind: 'evict', uid: 'uid-p', pod: 'ns/p', group: 'ns/g', code: 'QueueOverused', message });
  const writes = writer.requests.map(({ verb, subresource, body }) => {
    const uid = JSON.stringify(body).includes('"uid":"uid-p"') ? 'of the UID' : 'of any';
    return [verb, subresource, uid].filter((part) => part !== '').join(' ');
  });
  return { writes, events, forgotten };
}

describe('an evicted pod', () => {
  it('is marked and deleted under its UID, and it and its group are told why', async () => {
    expect(await evict(RUNNING)).to.deep.equal({
      writes: ['strategicPatch status of the UID', 'delete of the UID'],
      events: [
        'p QueueOverused queue a takes back its share.',
        'g QueueOverused Pod p is evicted: queue a takes back its share.',
      ],
      forgotten: [],
    });
  });

  it('that is gone or on its way out costs no write', async () => {
    const nothing = { writes: [], events: [], forgotten: [] };
    expect(await evict(undefined)).to.deep.equal(nothing);
    expect(await evict({ ...RUNNING, deleting: true })).to.deep.equal(nothing);
  });

  it('that Sluice did not place stays', async () => {
    for (const other of [{ schedulerName: 'default-scheduler' }, { group: '' }, { nodeName: '' }]) {
      expect(await evict({ ...RUNNING, ...other })).to.deep.equal({ writes: [], events: [], forgotten: ['uid-p'] });
    }
  });

  for (const outcome of [REFUSED, UNKNOWN, NOT_LEADER]) {
    it(`stays, and counts again, when its deletion ends as ${outcome.kind}`, async () => {
      const { events, forgotten } = await evict(RUNNING, DONE, outcome);
      expect([events, forgotten]).to.deep.equal([[], ['uid-p']]);
    });

    it(`is not deleted when its mark ends as ${outcome.kind}`, async () => {
      const { writes, forgotten } = await evict(RUNNING, outcome);
      expect([writes, forgotten]).to.deep.equal([['strategicPatch status of the UID'], ['uid-p']]);
    });
  }
});

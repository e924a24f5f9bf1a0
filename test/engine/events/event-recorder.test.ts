import { expect } from 'chai';
import { NODES, PODS } from '../../../src/api/resources.ts';
import { createEventRecorder } from '../../../src/engine/events/event-recorder.ts';
import type { ForgetfulEventRecorder } from '../../../src/engine/events/event-recorder.ts';
import type { WriteOutcome, WriteRequest } from '../../../src/engine/ports.ts';
import { stringAt } from '../../../src/lib/json.ts';
import { fixedRandomness, ManualClock } from '../../support/manual-clock.ts';
import { RecordingMetrics } from '../../support/recording-metrics.ts';

const POD = { type: PODS, namespace: 'team', name: 'train-0', uid: 'u1' };

describe('event recorder', () => {
  let written: WriteRequest[];
  let outcome: WriteOutcome;
  let metrics: RecordingMetrics;
  let clock: ManualClock;
  let recorder: ForgetfulEventRecorder;

  beforeEach(() => {
    written = [];
    outcome = { kind: 'done', object: undefined };
    metrics = new RecordingMetrics();
    clock = new ManualClock(1500);
    recorder = make();
  });

  it('writes an event with all that readers of either form look at, in the lowest lane', () => {
    recorder.record(POD, 'Warning', 'FailedScheduling', 'Scheduling', '0/8 nodes are available');
    expect(written).to.have.length(1);
    expect(written[0]).to.deep.include({ verb: 'create', namespace: 'team', lane: 'event', subresource: '' });
    expect(written[0]?.body).to.deep.equal({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'train-0.id-1', namespace: 'team' },
      eventTime: '1970-01-01T00:00:01.500000Z',
      firstTimestamp: '1970-01-01T00:00:01Z',
      lastTimestamp: '1970-01-01T00:00:01Z',
      count: 1,
      source: { component: 'sluice' },
      reportingComponent: 'sluice',
      reportingInstance: 'sluice-0',
      action: 'Scheduling',
      reason: 'FailedScheduling',
      type: 'Warning',
      message: '0/8 nodes are available',
      involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'team', name: 'train-0', uid: 'u1' },
    });
  });

  it('writes events of cluster-scoped objects where kubectl looks for them', () => {
    recorder.record({ type: NODES, namespace: '', name: 'n1', uid: 'u2' }, 'Normal', 'R', 'A', 'x');
    expect(written[0]?.namespace).to.equal('default');
    expect(written[0]?.body?.['involvedObject']).to.deep.equal({
      apiVersion: 'v1',
      kind: 'Node',
      name: 'n1',
      uid: 'u2',
    });
  });

  it('says the same thing about an object once', () => {
    for (let cycle = 0; cycle < 3; cycle += 1) say('waits');
    expect(written).to.have.length(1);
    expect(metrics.value('sluice_events_total', { reason: 'R', outcome: 'repeated' })).to.equal(2);
  });

  it('says the same thing again a minute later, which may be the second time that it is so', () => {
    say('waits');
    clock.advance(59_999);
    say('waits');
    expect(written).to.have.length(1);
    clock.advance(1);
    say('waits');
    expect(written).to.have.length(2);
  });

  it('speaks again when the note changes, also back to what it was', () => {
    for (const note of ['5 short', '4 short', '5 short']) say(note);
    expect(notes()).to.deep.equal(['5 short', '4 short', '5 short']);
  });

  it('keeps objects and reasons apart', () => {
    say('x');
    say('x', { ...POD, uid: 'u2' });
    recorder.record(POD, 'Normal', 'Other', 'A', 'x');
    say('x');
    expect(written).to.have.length(3);
  });

  it('speaks again about an object that was forgotten', () => {
    say('x');
    recorder.forget('u1');
    say('x');
    expect(written).to.have.length(2);
  });

  it('remembers no more objects than it may, and forgets those it spoke of longest ago', () => {
    recorder = make(2);
    for (const uid of ['a', 'b', 'c', 'c', 'b', 'a']) say('x', { ...POD, uid });
    expect(written).to.have.length(4);
  });

  for (const kind of ['throttled', 'unknown', 'notLeader'] as const) {
    it(`speaks again when the event was not written: ${kind}`, async () => {
      outcome = kind === 'notLeader' ? { kind } : { kind, message: '', retryAfterMs: 0 };
      say('x');
      await Promise.resolve();
      await Promise.resolve();
      say('x');
      expect(written).to.have.length(2);
    });
  }

  it('does not insist on an event that the server refuses', async () => {
    outcome = { kind: 'refused', code: 422, message: 'no' };
    say('x');
    await Promise.resolve();
    await Promise.resolve();
    say('x');
    expect(written).to.have.length(1);
  });

  const long: readonly { name: string; note: string; want: string }[] = [
    { name: 'of 1,024 bytes whole', note: 'x'.repeat(1024), want: 'x'.repeat(1024) },
    { name: 'of 1,025 bytes', note: 'x'.repeat(1025), want: `${'x'.repeat(1021)}...` },
    { name: 'of wide characters', note: '\u{1F680}'.repeat(300), want: `${'\u{1F680}'.repeat(255)}...` },
  ];
  for (const tc of long) {
    it(`fits a note ${tc.name} into what the API takes`, () => {
      say(tc.note);
      expect(notes()).to.deep.equal([tc.want]);
      expect(Buffer.byteLength(notes()[0] ?? '')).to.be.at.most(1024);
    });
  }

  it('fits long names', () => {
    say('x', { ...POD, name: 'n'.repeat(253) });
    expect(written[0]?.name.length).to.be.at.most(253);
  });

  function say(note: string, subject = POD): void {
    recorder.record(subject, 'Normal', 'R', 'A', note);
  }

  function notes(): readonly string[] {
    return written.map(({ body }) => stringAt(body, ['message']));
  }

  function make(maxObjects?: number): ForgetfulEventRecorder {
    const writer = { write: (request: WriteRequest) => (written.push(request), Promise.resolve(outcome)) };
    const ports = {
      writer,
      clock,
      randomness: fixedRandomness(),
      metrics,
      instance: 'sluice-0',
    };
    return createEventRecorder(maxObjects === undefined ? ports : { ...ports, maxObjects });
  }
});

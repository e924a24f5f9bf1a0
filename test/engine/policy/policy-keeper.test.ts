import { expect } from 'chai';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import type { PolicyReading } from '../../../src/config/policy-source.ts';
import { PolicyKeeper } from '../../../src/engine/policy/policy-keeper.ts';
import { fieldError } from '../../../src/lib/field-error.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { RecordingMetrics } from '../../support/recording-metrics.ts';

const OTHER: SchedulerPolicy = { ...DEFAULT_POLICY, actions: ['allocate'] };
const OBJECT = { namespace: 'ns', name: 'conf', uid: 'u1' };
const BROKEN = errors('tiers[0].plugins[0].name');
const ABSENT: PolicyReading = { kind: 'absent', why: 'there is no ConfigMap ns/conf' };

function policy(hash: number, of = OTHER): PolicyReading {
  return { kind: 'policy', policy: of, hash };
}

function errors(path: string): PolicyReading {
  return { kind: 'errors', errors: [fieldError(path, 'FieldValueNotSupported', 'x', 'must be one of y')] };
}

class Bench {
  readonly clock = new ManualClock(5_000_000);
  readonly metrics = new RecordingMetrics();
  readonly applied: SchedulerPolicy[] = [];
  readonly events: string[] = [];
  readonly said: string[] = [];
  readonly keeper: PolicyKeeper;

  constructor(hash = 0) {
    const say = (message: string): unknown => this.said.push(message);
    this.keeper = new PolicyKeeper({
      source: 'ConfigMap ns/conf',
      atStart: { policy: DEFAULT_POLICY, hash },
      apply: (given) => this.applied.push(given),
      events: {
        record: ({ namespace, name, uid }, type, reason, action, note) =>
          this.events.push(`${namespace}/${name} ${uid} ${type} ${reason} ${action}: ${note}`),
        forget: (uid) => this.events.push(`forget ${uid}`),
      },
      clock: this.clock,
      metrics: this.metrics,
      log: { debug: say, info: say, warn: say, error: say },
    });
  }

  get gauges(): readonly number[] {
    return ['hash', 'current', 'since_seconds'].map((name) =>
      this.metrics.value(`sluice_scheduler_configuration_${name}`, {}),
    );
  }

  counted(result: string): number {
    return this.metrics.value('sluice_scheduler_configuration_changes_total', { result });
  }

  get refusals(): readonly string[] {
    return this.events.filter((event) => event.includes('ConfigurationRefused'));
  }
}

describe('the configuration in force', () => {
  it('is the one of the start until there is another', () => {
    expect(new Bench(7).gauges).to.deep.equal([7, 1, 5000]);
  });

  it('gives way to a good one', () => {
    const bench = new Bench();
    bench.clock.advance(2000);
    bench.keeper.take(policy(8), OBJECT);
    expect(bench.applied).to.deep.equal([OTHER]);
    expect(bench.gauges).to.deep.equal([8, 1, 5002]);
    expect([bench.counted('applied'), bench.refusals.length]).to.deep.equal([1, 0]);
  });

  it('is left alone when the source says the same again', () => {
    const bench = new Bench(8);
    for (const reading of [policy(8), policy(8)]) bench.keeper.take(reading, OBJECT);
    expect([bench.applied.length, bench.counted('applied'), bench.said.length]).to.deep.equal([0, 0, 1]);
  });

  it('stays when the new one has mistakes, which are told once', () => {
    const bench = new Bench(8);
    for (let i = 0; i < 3; i += 1) bench.keeper.take(BROKEN, OBJECT);
    expect(bench.applied).to.deep.equal([]);
    expect(bench.gauges.slice(0, 2)).to.deep.equal([8, 0]);
    expect([bench.counted('refused'), bench.said.length]).to.deep.equal([1, 1]);
    expect(bench.refusals).to.deep.equal([
      'ns/conf u1 Warning ConfigurationRefused Configuring: The configuration has mistakes; ' +
        'the one before stays in force. tiers[0].plugins[0].name: "x": must be one of y',
    ]);
  });

  it('is current again when the mistakes are taken back, and the same ones are news once more', () => {
    const bench = new Bench(8);
    for (const reading of [BROKEN, policy(8), BROKEN]) bench.keeper.take(reading, OBJECT);
    expect([bench.applied.length, bench.counted('refused')]).to.deep.equal([0, 2]);
    expect(bench.refusals).to.have.length(2);
    expect(bench.events.filter((event) => event === 'forget u1')).to.have.length(3);
  });

  it('stays when its source is gone, and goes when that is back with another', () => {
    const bench = new Bench();
    for (const reading of [policy(8), ABSENT, ABSENT]) bench.keeper.take(reading);
    expect(bench.gauges.slice(0, 2)).to.deep.equal([8, 0]);
    expect([bench.applied.length, bench.counted('absent')]).to.deep.equal([1, 1]);
    bench.keeper.take(policy(9, DEFAULT_POLICY), { ...OBJECT, uid: 'u2' });
    expect(bench.gauges.slice(0, 2)).to.deep.equal([9, 1]);
    expect(bench.applied).to.deep.equal([OTHER, DEFAULT_POLICY]);
  });

  it('has no event where there is no object', () => {
    const bench = new Bench();
    bench.keeper.take(BROKEN);
    bench.keeper.start();
    expect([bench.events.length, bench.counted('refused')]).to.deep.equal([0, 1]);
  });

  it('has its refusal told again by who begins to lead, unless it is over', () => {
    const bench = new Bench();
    bench.keeper.take(BROKEN, OBJECT);
    bench.keeper.start();
    expect(bench.refusals).to.have.length(2);
    bench.keeper.take(policy(8), OBJECT);
    bench.keeper.start();
    expect(bench.refusals).to.have.length(2);
  });
});

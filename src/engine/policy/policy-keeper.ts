import type { Complaint } from '../../api/controller-settings.ts';
import type { SchedulerPolicy } from '../../config/policy.ts';
import type { NumberedPolicy, PolicyReading } from '../../config/policy-source.ts';
import { formatFieldError } from '../../lib/field-error.ts';
import type { FieldError } from '../../lib/field-error.ts';
import type { ForgetfulEventRecorder } from '../events/event-recorder.ts';
import type { Clock, Logger, Metrics } from '../ports.ts';
import { recordComplaint } from './complaint-event.ts';

export interface PolicyKeeperOptions {
  /** In words, for the log. */
  readonly source: string;
  readonly atStart: NumberedPolicy;
  readonly apply: (policy: SchedulerPolicy) => void;
  readonly events: ForgetfulEventRecorder;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** The ConfigMap that was read. */
export type PolicyObject = Complaint['object'];

/**
 * Keeps the configuration in force: a good one takes the place of the one before, anything else is told and leaves it.
 * Events are the leader's to write, so that a complaint is told again when a term begins.
 */
export class PolicyKeeper {
  readonly #options: PolicyKeeperOptions;
  #hash: number;
  /** The reading that was acted on last: sources may say the same again. */
  #seen = '';
  #complaint: Complaint | undefined;

  constructor(options: PolicyKeeperOptions) {
    this.#options = options;
    this.#hash = options.atStart.hash;
    this.#tellOfBudgets(options.atStart.policy);
    this.#tellInForce();
    this.#tellCurrent(true);
  }

  /** The source was read; the object is what events speak of, where there is one. */
  take(reading: PolicyReading, object?: PolicyObject): void {
    const seen = keyOf(reading, object);
    if (seen === this.#seen) return;
    this.#seen = seen;
    if (object !== undefined) this.#options.events.forget(object.uid);
    this.#complaint = undefined;
    this.#tellCurrent(reading.kind === 'policy');
    if (reading.kind === 'policy') this.#accept(reading);
    if (reading.kind === 'policy') this.#trim(reading.trimmed ?? [], object);
    if (reading.kind === 'errors') this.#refuse(reading.errors, object);
    if (reading.kind === 'absent') this.#lack(reading.why);
  }

  /** This process leads. */
  start(): void {
    if (this.#complaint !== undefined) recordComplaint(this.#options.events, this.#complaint);
  }

  stop(): void {
    // Whoever leads next tells on.
  }

  #accept({ policy, hash }: NumberedPolicy): void {
    const { source, apply, log } = this.#options;
    if (hash === this.#hash) {
      log.info('the scheduler configuration is the one in force', { source, hash });
      return;
    }
    this.#hash = hash;
    apply(policy);
    this.#tellOfBudgets(policy);
    this.#count('applied');
    this.#tellInForce();
    log.info('scheduler configuration applied', { source, hash });
  }

  #refuse(errors: readonly FieldError[], object: PolicyObject | undefined): void {
    const { source, log } = this.#options;
    const problem = errors.map(formatFieldError).join('; ');
    this.#count('refused');
    log.warn('scheduler configuration refused, the one before stays in force', { source, problem });
    if (object === undefined) return;
    this.#tell({ object, code: 'ConfigurationRefused', problem });
  }

  /** In force, but for some parts. */
  #trim(parts: readonly FieldError[], object: PolicyObject | undefined): void {
    if (parts.length === 0) return;
    const problem = parts.map(formatFieldError).join('; ');
    this.#options.log.warn('parts of the scheduler configuration are not acted on', { problem });
    if (object !== undefined) this.#tell({ object, code: 'ConfigurationTrimmed', problem });
  }

  #lack(why: string): void {
    this.#count('absent');
    const what = this.#hash === 0 ? 'the default one' : 'the one before';
    this.#options.log.warn(`no scheduler configuration, ${what} stays in force`, { source: this.#options.source, why });
  }

  #tell(complaint: Complaint): void {
    this.#complaint = complaint;
    recordComplaint(this.#options.events, complaint);
  }

  /** The name is taken for Volcano's sake: whoever takes it out to have budgets ignored shall not be surprised. */
  #tellOfBudgets({ tiers }: SchedulerPolicy): void {
    if (!tiers.flat().some(({ name }) => name === 'pdb')) return;
    this.#options.log.info('the plugin pdb adds nothing: disruption budgets are always minded');
  }

  #count(result: 'applied' | 'refused' | 'absent'): void {
    this.#options.metrics.count('sluice_scheduler_configuration_changes_total', { result });
  }

  #tellInForce(): void {
    const { metrics, clock } = this.#options;
    metrics.gauge('sluice_scheduler_configuration_hash', {}, this.#hash);
    metrics.gauge('sluice_scheduler_configuration_since_seconds', {}, Math.floor(clock.nowMs() / 1000));
  }

  #tellCurrent(isCurrent: boolean): void {
    this.#options.metrics.gauge('sluice_scheduler_configuration_current', {}, isCurrent ? 1 : 0);
  }
}

function keyOf(reading: PolicyReading, object: PolicyObject | undefined): string {
  const about = `${reading.kind} ${object?.uid ?? ''}`;
  if (reading.kind === 'policy') return `${about} ${reading.hash}`;
  return `${about} ${reading.kind === 'errors' ? reading.errors.map(formatFieldError).join('\n') : reading.why}`;
}

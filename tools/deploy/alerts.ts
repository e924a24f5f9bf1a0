/** A thing that somebody has to look at, and where it is said what to do. */
export interface Alert {
  /** Also the name of its page below docs/runbooks. */
  readonly name: string;
  /** PromQL over metrics of the metric table. */
  readonly expression: string;
  /** How long it has to hold. */
  readonly lasts: string;
  readonly severity: 'critical' | 'warning';
  /** One sentence. */
  readonly summary: string;
}

const DAY = 86_400;

/** Everything that is worth waking somebody, or at least telling. */
export const ALERTS: readonly Alert[] = [
  {
    name: 'SluiceAbsent',
    expression: 'absent(sluice_leader)',
    lasts: '2m',
    severity: 'critical',
    summary: 'No process of Sluice tells its metrics.',
  },
  {
    name: 'SluiceNoLeader',
    expression: 'max(sluice_leader) == 0',
    lasts: '2m',
    severity: 'critical',
    summary: 'No process leads: nothing new is placed.',
  },
  {
    name: 'SluiceCheckerRefused',
    expression: 'increase(sluice_checker_refusals_total[10m]) > 0',
    lasts: '0m',
    severity: 'warning',
    summary: 'A wrong decision was stopped before it was written: a bug.',
  },
  {
    name: 'SluiceAdmissionErrors',
    expression: 'sum(rate(sluice_admission_internal_errors_total[5m])) > 0',
    lasts: '5m',
    severity: 'critical',
    summary: 'Reviews fail inside of Sluice.',
  },
  {
    name: 'SluiceAdmissionShed',
    expression: 'sum(rate(sluice_admission_shed_total[5m])) > 0',
    lasts: '5m',
    severity: 'warning',
    summary: 'Reviews are turned away because of load.',
  },
  {
    name: 'SluiceAdmissionSlow',
    expression: 'histogram_quantile(0.99, sum by (le) (rate(sluice_admission_duration_seconds_bucket[5m]))) > 0.1',
    lasts: '5m',
    severity: 'warning',
    summary: 'One review in a hundred takes more than 100 ms.',
  },
  {
    name: 'SluiceCertificateExpires',
    expression: `min(sluice_admission_certificate_not_after_seconds) - time() < ${7 * DAY}`,
    lasts: '5m',
    severity: 'critical',
    summary: 'The serving certificate ends within a week, and should have been renewed.',
  },
  {
    name: 'SluiceCertificatesUnsettled',
    expression: 'sum(rate(sluice_certificate_looks_total{result="failed"}[5m])) > 0',
    lasts: '15m',
    severity: 'warning',
    summary: 'Certificates cannot be read, renewed or used.',
  },
  {
    name: 'SluiceAuthorityExpires',
    expression: `min(sluice_authority_not_after_seconds) - time() < ${60 * DAY}`,
    lasts: '5m',
    severity: 'warning',
    summary: 'The built-in authority ends within 60 days, and should have been followed by another.',
  },
  {
    name: 'SluiceWatchStale',
    expression: 'max by (resource) (sluice_reflector_last_event_age_seconds) > 180',
    lasts: '2m',
    severity: 'warning',
    summary: 'Nothing was heard of a kind for minutes: decisions rest on an old view.',
  },
  {
    name: 'SluiceViewDiffers',
    expression: 'increase(sluice_reflector_mismatches_total[30m]) > 0',
    lasts: '0m',
    severity: 'warning',
    summary: 'What is held in memory differed from what the API server has: a bug.',
  },
  {
    name: 'SluiceConfigurationRefused',
    // Nothing is wrong where no ConfigMap was ever made and the default one decides.
    expression:
      'min(sluice_scheduler_configuration_current) == 0 and on () (max(sluice_scheduler_configuration_hash) > 0 or on () sum(sluice_scheduler_configuration_changes_total{result="refused"}) > 0)',
    lasts: '5m',
    severity: 'warning',
    summary: 'The scheduler configuration is refused or gone; the one before decides.',
  },
  {
    name: 'SluiceWritesWait',
    expression: 'sum by (lane) (sluice_writes_waiting{lane="decision"}) > 100',
    lasts: '5m',
    severity: 'warning',
    summary: 'Bindings wait for the API server.',
  },
  {
    name: 'SluiceLeaseUnsteady',
    expression: 'sum(increase(sluice_leader_terms_total[30m])) > 5',
    lasts: '0m',
    severity: 'warning',
    summary: 'The lead goes from process to process.',
  },
];

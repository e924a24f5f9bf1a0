import { ensureCertificates } from './certificates.ts';
import type { CertificateOptions } from './certificates.ts';
import type { AuthorityState } from './authority-secret.ts';
import type { ServingMaterial } from './certificate-maker.ts';
import {
  AUTHORITY_NOT_AFTER_SECONDS,
  CERTIFICATE_LOOKS_TOTAL,
  CLOCK_SKEW_SECONDS,
  ROTATION_PHASE_SERIES,
  ROTATION_SINCE_SECONDS,
} from './certificate-metrics.ts';
import { Looks } from './looks.ts';
import { ROTATION_PHASES } from './rotation.ts';
import type { RotationPhase } from './rotation.ts';
import type { ServerTime } from './server-clock.ts';
import type { Clock, Logger, Metrics } from '../ports.ts';

/** What the keeper needs besides a look's own options. */
export interface CertificateKeeperOptions extends Omit<CertificateOptions, 'serverTime' | 'served' | 'timings'> {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly serverTime: () => Promise<ServerTime>;
  /** Called when others are to be trusted than before, with their bundle. */
  readonly onBundle: (bundlePem: string) => void;
  /** This replica is asked by now. Before that it serves whatever is newest: a start may take longer than a certificate lives. */
  readonly isAsked: () => boolean;
  /** Called with what to serve from now on: while nobody asks at once, later only when every configuration trusts it. */
  readonly onServe: (material: ServingMaterial, nowMs: number) => void;
  /** Called after every look that found no rotation under way. */
  readonly onSteady: () => void;
  /** How often the Secrets are read and judged. */
  readonly checkEveryMs: number;
}

/** A suspended machine stops monotonic timers, so no timer is set for the day of renewal: each look asks the clock. */
const GRACE_LOOKS = 3;
const TOLD_SKEW_MS = 60_000;

/** Keeps the certificates of one replica fresh until stopped; the first look begins at once. */
export class CertificateKeeper {
  readonly #options: CertificateKeeperOptions;
  readonly #looks: Looks;
  #served: ServingMaterial | undefined;
  #bundlePem = '';
  #phase: RotationPhase | undefined;
  #isSkewTold = false;

  constructor(options: CertificateKeeperOptions) {
    this.#options = options;
    this.#looks = new Looks(options, () => this.check());
  }

  /** One look now; also taken by the timer. */
  async check(): Promise<void> {
    const { serverTime, checkEveryMs, metrics, log } = this.#options;
    const outcome = await ensureCertificates({
      ...this.#options,
      serverTime: async () => {
        const { nowMs, skewMs } = await serverTime();
        this.#tellSkew(skewMs);
        return nowMs;
      },
      served: this.#served,
      timings: { settleMs: checkEveryMs, graceMs: GRACE_LOOKS * checkEveryMs },
    });
    metrics.count(CERTIFICATE_LOOKS_TOTAL, { result: outcome.kind });
    if (outcome.kind === 'failed') {
      log.warn('certificates are not settled', { message: outcome.message });
      return;
    }
    if (this.#looks.isStopped) return;
    this.#tellPhase(outcome.authority);
    this.#use(outcome.material, outcome.nowMs);
    if (outcome.authority.rotation.phase === 'Steady') this.#options.onSteady();
  }

  stop(): void {
    this.#looks.stop();
  }

  #use(material: ServingMaterial, nowMs: number): void {
    const { isAsked, onBundle, onServe, trusted, checkEveryMs } = this.#options;
    const { bundlePem, certificatePem } = material;
    if (bundlePem !== this.#bundlePem) onBundle(bundlePem);
    this.#bundlePem = bundlePem;
    const isTrusted = !isAsked() || (trusted.carriedMs(bundlePem) ?? -1) >= checkEveryMs;
    if (this.#served?.certificatePem === certificatePem || !isTrusted) return;
    this.#served = material;
    onServe(material, nowMs);
  }

  #tellSkew(skewMs: number): void {
    const { metrics, log } = this.#options;
    metrics.gauge(CLOCK_SKEW_SECONDS, {}, skewMs / 1000);
    const isLarge = Math.abs(skewMs) > TOLD_SKEW_MS;
    const seconds = Math.round(skewMs / 1000);
    if (isLarge && !this.#isSkewTold)
      log.warn('our clock differs from that of the API server, by which certificates are judged', { seconds });
    this.#isSkewTold = isLarge;
  }

  #tellPhase({ rotation, signer }: AuthorityState): void {
    const { metrics, log, maker } = this.#options;
    const { phase, sinceMs } = rotation;
    for (const one of ROTATION_PHASES) metrics.gauge(ROTATION_PHASE_SERIES, { phase: one }, one === phase ? 1 : 0);
    metrics.gauge(ROTATION_SINCE_SECONDS, {}, phase === 'Steady' ? 0 : sinceMs / 1000);
    metrics.gauge(AUTHORITY_NOT_AFTER_SECONDS, {}, maker.notAfterMs(signer.certificatePem) / 1000);
    if (this.#phase !== undefined && this.#phase !== phase) log.info('rotation of the authority', { phase });
    this.#phase = phase;
  }
}

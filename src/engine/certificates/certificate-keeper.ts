import { ensureCertificates } from './certificates.ts';
import type { CertificateOptions, ServingMaterial } from './certificates.ts';
import type { Clock, Logger } from '../ports.ts';

/** What the keeper needs besides make-or-load's own options. */
export interface CertificateKeeperOptions extends Omit<CertificateOptions, 'nowMs' | 'servedBundlePem'> {
  readonly clock: Clock;
  readonly log: Logger;
  /** Called with the first material and again whenever it changed. */
  readonly onChange: (material: ServingMaterial) => void;
  /** How often the Secrets are read and judged by the wall clock; default one minute. */
  readonly checkEveryMs?: number;
}

/** Keeps the certificates fresh until stopped. */
export interface CertificateKeeper {
  /** One round now; also run by the timer. */
  check(): Promise<void>;
  stop(): void;
}

/** A suspended machine stops monotonic timers, so no timer is set for the day of renewal: each minute asks the clock. */
const CHECK_EVERY_MS = 60_000;

/** Starts the rounds; the first one runs at once. */
export function keepCertificates(options: CertificateKeeperOptions): CertificateKeeper {
  const { clock, log, onChange } = options;
  let current: ServingMaterial | undefined;
  let isStopped = false;
  let cancel = (): void => undefined;

  async function check(): Promise<void> {
    const outcome = await ensureCertificates({
      ...options,
      nowMs: clock.nowMs(),
      servedBundlePem: current?.bundlePem ?? '',
    });
    if (outcome.kind === 'failed') {
      log.warn('certificates are not settled', { message: outcome.message });
      return;
    }
    if (isStopped || isSame(current, outcome.material)) return;
    current = outcome.material;
    onChange(outcome.material);
  }

  async function round(): Promise<void> {
    try {
      await check();
    } catch (error) {
      log.error('certificate check failed', { message: String(error) });
    }
    if (!isStopped) cancel = clock.after(options.checkEveryMs ?? CHECK_EVERY_MS, () => void round());
  }

  void round();
  return {
    check,
    stop() {
      isStopped = true;
      cancel();
    },
  };
}

function isSame(known: ServingMaterial | undefined, found: ServingMaterial): boolean {
  return known?.certificatePem === found.certificatePem && known.bundlePem === found.bundlePem;
}

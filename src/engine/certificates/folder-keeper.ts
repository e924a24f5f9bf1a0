import type { CertificateMaker, ServedNames, ServingMaterial } from './certificate-maker.ts';
import { CERTIFICATE_LOOKS_TOTAL } from './certificate-metrics.ts';
import type { TrustedBundles } from './certificates.ts';
import { Looks } from './looks.ts';
import type { Clock, Logger, Metrics } from '../ports.ts';

export interface FolderKeeperOptions {
  /** What is there: certificate (with its chain), key and who vouches, empty where nobody says; or why it cannot be read. */
  readonly read: () => Promise<ServingMaterial | string>;
  readonly maker: Pick<CertificateMaker, 'servingProblems' | 'isVouchedFor'>;
  readonly names: ServedNames;
  readonly trusted: Pick<TrustedBundles, 'read'>;
  /** What to do about a certificate that cannot be used, and about configurations that do not trust it. */
  readonly remedies: { readonly unusable: string; readonly mistrusted: string };
  /** What whoever issues it says of what is wrong; empty where nothing is, or nobody says. */
  readonly issuersWords: () => Promise<string>;
  /** The API server's clock. */
  readonly serverTime: () => Promise<number>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Called with what to serve from now on. */
  readonly onServe: (material: ServingMaterial, nowMs: number) => void;
  readonly checkEveryMs: number;
}

/**
 * Serves by a certificate that somebody else renews, in a mounted folder or a Secret. What cannot be used is told, once for each
 * reason, and what is served stays until something better comes, which the configurations trust.
 */
export class FolderKeeper {
  readonly #options: FolderKeeperOptions;
  readonly #looks: Looks;
  #served: ServingMaterial | undefined;
  /** What the configurations trusted in the look before. */
  #trustedBefore: readonly string[] | undefined;
  #told = '';

  constructor(options: FolderKeeperOptions) {
    this.#options = options;
    // Until there is something to serve nobody answers reviews.
    const isUrgent = (): boolean => this.#served === undefined;
    this.#looks = new Looks({ ...options, isUrgent }, () => this.check());
  }

  /** One look now; also taken by the timer. */
  async check(): Promise<void> {
    const { read, serverTime, metrics, onServe } = this.#options;
    const [found, nowMs] = await Promise.all([read(), serverTime()]);
    if (this.#looks.isStopped) return;
    const problem = this.#problemOf(found, nowMs);
    metrics.count(CERTIFICATE_LOOKS_TOTAL, { result: problem === '' ? 'ready' : 'failed' });
    const trusted = await this.#options.trusted.read();
    if (this.#looks.isStopped) return;
    if (typeof found !== 'string' && problem === '' && this.#isDue(found, trusted, nowMs)) {
      this.#served = found;
      onServe(found, nowMs);
    }
    this.#trustedBefore = trusted;
    const { unusable, mistrusted } = this.#options.remedies;
    const mistrust = typeof found === 'string' || problem !== '' ? '' : this.#mistrust(found, trusted);
    await this.#tell(
      [problem, mistrust].flatMap((text, at) =>
        text === '' ? [] : `${text}; ${at === 0 ? unusable : mistrusted}`,
      )[0] ?? '',
    );
  }

  stop(): void {
    this.#looks.stop();
  }

  #problemOf(found: ServingMaterial | string, nowMs: number): string {
    if (typeof found === 'string') return found;
    const { maker, names } = this.#options;
    return maker.servingProblems(found, found.bundlePem, names, nowMs).join('; ');
  }

  /**
   * Another certificate is served once the configurations have trusted it for a whole look, since API servers learn of that late; at
   * once where they do not trust the one before any more, or that has ended.
   */
  #isDue(found: ServingMaterial, trusted: readonly string[] | undefined, nowMs: number): boolean {
    const served = this.#served;
    if (isSame(found, served)) return false;
    if (served === undefined || this.#problemOf(served, nowMs) !== '') return true;
    if (trusted === undefined || this.#mistrust(found, trusted) !== '') return false;
    const before = this.#trustedBefore;
    return (before !== undefined && this.#mistrust(found, before) === '') || this.#mistrust(served, trusted) !== '';
  }

  /** Why the configurations do not trust it; where nobody has filled them in, nothing is asked at all. */
  #mistrust({ certificatePem, bundlePem }: ServingMaterial, trusted: readonly string[] = []): string {
    // Without an authority of its own, the API server's roots vouch for it.
    if (trusted.length === 0 || bundlePem === '') return '';
    if (trusted.includes('')) return 'caBundle of the webhook configurations is empty';
    const isTrusted = trusted.every((bundle) => this.#options.maker.isVouchedFor(certificatePem, bundle));
    return isTrusted ? '' : 'the webhook configurations trust another authority than that of the certificate';
  }

  async #tell(problem: string): Promise<void> {
    const words = problem === '' ? '' : await this.#options.issuersWords();
    const message = words === '' ? problem : `${problem}; ${words}`;
    if (message !== '' && message !== this.#told)
      this.#options.log.warn('the serving certificate needs care', { message });
    this.#told = message;
  }
}

function isSame(found: ServingMaterial, served: ServingMaterial | undefined): boolean {
  return found.certificatePem === served?.certificatePem && found.privateKeyPem === served.privateKeyPem;
}

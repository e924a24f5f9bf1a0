import type { CertificateMaker, ServedNames, ServingMaterial } from './certificate-maker.ts';
import { CERTIFICATE_LOOKS_TOTAL } from './certificate-metrics.ts';
import type { TrustedBundles } from './certificates.ts';
import { Looks } from './looks.ts';
import type { Clock, Logger, Metrics } from '../ports.ts';

export interface FolderKeeperOptions {
  /** What the folder holds: certificate (with its chain), key and who vouches, empty where nobody says; or why it cannot be read. */
  readonly read: () => Promise<ServingMaterial | string>;
  readonly maker: Pick<CertificateMaker, 'servingProblems' | 'isVouchedFor'>;
  readonly names: ServedNames;
  readonly trusted: Pick<TrustedBundles, 'read'>;
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
 * Serves by a certificate that somebody else renews in a mounted folder. What cannot be used is told, once for each reason, and
 * what is served stays until something better comes.
 */
export class FolderKeeper {
  readonly #options: FolderKeeperOptions;
  readonly #looks: Looks;
  #served: ServingMaterial | undefined;
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
    if (typeof found !== 'string' && problem === '' && !isSame(found, this.#served)) {
      this.#served = found;
      onServe(found, nowMs);
    }
    const mistrust = problem === '' ? await this.#mistrust() : '';
    await this.#tell(problem === '' ? mistrust : `${problem}; ${REMEDY}`);
  }

  stop(): void {
    this.#looks.stop();
  }

  #problemOf(found: ServingMaterial | string, nowMs: number): string {
    if (typeof found === 'string') return found;
    const { maker, names } = this.#options;
    return maker.servingProblems(found, found.bundlePem, names, nowMs).join('; ');
  }

  /** Whether the configurations trust what is served; where nobody has filled them in, nothing is asked at all. */
  async #mistrust(): Promise<string> {
    const { trusted, maker } = this.#options;
    const bundles = await trusted.read();
    const { certificatePem, bundlePem } = this.#served ?? NOTHING;
    // Without an authority of its own, the API server's roots vouch for it.
    if (bundles === undefined || bundles.length === 0 || bundlePem === '') return '';
    if (bundles.includes('')) return `caBundle of the webhook configurations is empty; ${INJECT}`;
    const isTrusted = bundles.every((bundle) => maker.isVouchedFor(certificatePem, bundle));
    return isTrusted
      ? ''
      : `the webhook configurations trust another authority than that of the certificate; ${INJECT}`;
  }

  async #tell(problem: string): Promise<void> {
    const words = problem === '' ? '' : await this.#options.issuersWords();
    const message = words === '' ? problem : `${problem}; ${words}`;
    if (message !== '' && message !== this.#told)
      this.#options.log.warn('the serving certificate needs care', { message });
    this.#told = message;
  }
}

const NOTHING: ServingMaterial = Object.freeze({ certificatePem: '', privateKeyPem: '', bundlePem: '' });
const REMEDY = 'look at the Certificate whose Secret is mounted: kubectl describe certificate';
const INJECT =
  'the annotation cert-manager.io/inject-ca-from has to name that Certificate, and cainjector has to run: kubectl get pods -n cert-manager';

function isSame(found: ServingMaterial, served: ServingMaterial | undefined): boolean {
  return found.certificatePem === served?.certificatePem && found.privateKeyPem === served.privateKeyPem;
}

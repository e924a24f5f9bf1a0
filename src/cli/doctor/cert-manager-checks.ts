import { causes, certificateTrouble } from '../../engine/certificates/certificate-view.ts';
import type { CertificateView } from '../../engine/certificates/certificate-view.ts';
import { stringAt } from '../../lib/json.ts';
import type { Facts } from './facts.ts';
import { overRead, well, wrong } from './finding.ts';
import type { Finding } from './finding.ts';

/** A renewal that is so late does not come by itself. */
const GRACE_MS = 10 * 60_000;

/** The Certificate whose authority the webhook configurations get: issued, and renewed when it was to be. */
export function certManagerFindings({ certManager, nowMs }: Facts): readonly Finding[] {
  return overRead('cert-manager', certManager, (view) => {
    if (view === undefined) return [];
    const trouble = certificateTrouble(view) || lateness(view, nowMs);
    if (trouble === '') return [well('cert-manager', `Certificate ${view.key} is ready`)];
    return [wrong('cert-manager', trouble, describe(view.key))];
  });
}

/** What looks at a Certificate. */
export function describe(key: string): string {
  const [namespace = '', name = ''] = key.split('/');
  return `kubectl -n ${namespace} describe certificate ${name}; kubectl -n cert-manager get pods`;
}

function lateness(view: CertificateView, nowMs: number): string {
  const due = stringAt(view.certificate, ['status', 'renewalTime']);
  if (due === '' || nowMs < Date.parse(due) + GRACE_MS) return '';
  const words = [`Certificate ${view.key} was to be renewed at ${due}, and was not`, ...causes(view)];
  return words.length === 1 ? `${words.join('')}: cert-manager does not run` : words.join('; ');
}

import { expect } from 'chai';
import { certificateTrouble } from '../../../src/engine/certificates/certificate-view.ts';
import type { CertificateView } from '../../../src/engine/certificates/certificate-view.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const READY = condition('Ready', 'True', 'Ready', 'Certificate is up to date and has not expired');
const MISSING = condition('Ready', 'False', 'DoesNotExist', 'Issuing certificate as Secret does not exist');
const PENDING = condition('Ready', 'False', 'Pending', 'Referenced "Issuer" not found');

function condition(type: string, status: string, reason: string, message: string): JsonObject {
  return { type, status, reason, message };
}

function certificate(...conditions: readonly JsonObject[]): JsonObject {
  return { metadata: { name: 'w' }, spec: { issuerRef: { name: 'mine', kind: 'Issuer' } }, status: { conditions } };
}

function request(revision: number, ...conditions: readonly JsonObject[]): JsonObject {
  const annotations = {
    'cert-manager.io/certificate-name': 'w',
    'cert-manager.io/certificate-revision': String(revision),
  };
  return { metadata: { name: `w-${revision}`, annotations }, status: { conditions } };
}

describe('what cert-manager says is wrong with a Certificate', () => {
  const cases: readonly (readonly [name: string, view: Partial<CertificateView>, want: string])[] = [
    ['nothing, of one that is ready', { certificate: certificate(READY) }, ''],
    [
      'nothing, while another one is issued',
      { certificate: certificate(READY, condition('Issuing', 'True', 'Renewing', '')), requests: [request(2)] },
      '',
    ],
    ['that it is not there', { certificate: undefined }, 'there is no Certificate n/w'],
    [
      'that nobody looks at it',
      { certificate: certificate() },
      'Certificate n/w is not ready: cert-manager has not looked at it',
    ],
    [
      'its condition, that of the newest request, and that there is no such issuer',
      { certificate: certificate(MISSING), requests: [request(10, PENDING), request(9, READY)], issuer: 'missing' },
      'Certificate n/w is not ready: DoesNotExist: Issuing certificate as Secret does not exist; CertificateRequest w-10: Pending: Referenced "Issuer" not found; there is no Issuer mine',
    ],
    [
      'that its issuer is not ready',
      {
        certificate: certificate(MISSING),
        issuer: { status: { conditions: [condition('Ready', 'False', 'ErrGetKeyPair', 'no such secret')] } },
      },
      'Certificate n/w is not ready: DoesNotExist: Issuing certificate as Secret does not exist; Issuer mine is not ready: ErrGetKeyPair: no such secret',
    ],
    [
      'that a renewal has failed',
      { certificate: certificate(READY, condition('Issuing', 'False', 'Failed', 'denied')) },
      'Certificate n/w is not renewed: Failed: denied',
    ],
  ];
  for (const [name, view, want] of cases)
    it(`is ${name}`, () => {
      const whole: CertificateView = { key: 'n/w', certificate: undefined, requests: [], issuer: 'unknown', ...view };
      expect(certificateTrouble(whole)).to.equal(want);
    });
});

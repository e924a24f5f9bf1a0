import { arrayAt, member, memberAt, stringAt } from '../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';

/** A Certificate of cert-manager, and what it hangs on. */
export interface CertificateView {
  /** `namespace/name`. */
  readonly key: string;
  /** Undefined: there is none. */
  readonly certificate: JsonObject | undefined;
  /** CertificateRequests of its namespace; none where they cannot be read. */
  readonly requests: readonly JsonObject[];
  /** Whom it names as its issuer; `unknown`: of a kind that is not cert-manager's own, or not to be read. */
  readonly issuer: JsonObject | 'missing' | 'unknown';
}

/** What cert-manager says is wrong with it, or empty. */
export function certificateTrouble({ key, certificate, requests, issuer }: CertificateView): string {
  if (certificate === undefined) return `there is no Certificate ${key}`;
  const ready = conditionOf(certificate, 'Ready');
  const issuing = conditionOf(certificate, 'Issuing');
  const isReady = stringAt(ready, ['status']) === 'True';
  const isFailed = stringAt(issuing, ['reason']) === 'Failed';
  if (isReady && !isFailed) return '';
  const own = isReady
    ? `Certificate ${key} is not renewed: ${wordsOf(issuing)}`
    : `Certificate ${key} is not ready: ${ready === undefined ? 'cert-manager has not looked at it' : wordsOf(ready)}`;
  return [own, ...causes({ certificate, requests, issuer })].join('; ');
}

/** What keeps it from being issued: the request that is under way, and its issuer. */
export function causes({
  certificate,
  requests,
  issuer,
}: Pick<CertificateView, 'certificate' | 'requests' | 'issuer'>): readonly string[] {
  const request = latestRequest(stringAt(certificate, ['metadata', 'name']), requests);
  const state = conditionOf(request, 'Ready');
  const isPending = request !== undefined && stringAt(state, ['status']) !== 'True';
  const words = state === undefined ? 'nobody has approved or signed it' : wordsOf(state);
  return [
    ...(isPending ? [`CertificateRequest ${stringAt(request, ['metadata', 'name'])}: ${words}`] : []),
    ...issuerTrouble(certificate, issuer),
  ];
}

function issuerTrouble(certificate: JsonObject | undefined, issuer: CertificateView['issuer']): readonly string[] {
  if (issuer === 'unknown') return [];
  const ref = memberAt(certificate, 'spec', 'issuerRef');
  const title = `${stringAt(ref, ['kind'], 'Issuer')} ${stringAt(ref, ['name'])}`;
  if (issuer === 'missing') return [`there is no ${title}`];
  const ready = conditionOf(issuer, 'Ready');
  if (stringAt(ready, ['status']) === 'True') return [];
  return [`${title} is not ready: ${ready === undefined ? 'cert-manager has not looked at it' : wordsOf(ready)}`];
}

function latestRequest(name: string, requests: readonly JsonObject[]): JsonObject | undefined {
  return requests
    .filter((request) => stringAt(request, ['metadata', 'annotations', NAME_ANNOTATION]) === name)
    .toSorted((a, b) => revisionOf(a) - revisionOf(b))
    .at(-1);
}

function revisionOf(request: JsonObject): number {
  return Number(stringAt(request, ['metadata', 'annotations', REVISION_ANNOTATION], '0'));
}

const NAME_ANNOTATION = 'cert-manager.io/certificate-name';
const REVISION_ANNOTATION = 'cert-manager.io/certificate-revision';

function conditionOf(object: JsonObject | undefined, type: string): JsonValue | undefined {
  return arrayAt(object, 'status', 'conditions').find((one) => member(one, 'type') === type);
}

function wordsOf(condition: JsonValue | undefined): string {
  return ['reason', 'message'].map((key) => stringAt(condition, [key])).join(': ');
}

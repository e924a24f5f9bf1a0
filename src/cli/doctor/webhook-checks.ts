import { checkServing, isVouchedFor, notAfterMs } from '../../../certs/renewal.ts';
import { arrayAt, stringAt } from '../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import { CONFIGURATION_NAME } from '../../../webhooks/configurations.ts';
import { VOLCANO_CONFIGURATIONS } from '../../../webhooks/volcano/configurations.ts';
import { describe } from './cert-manager-checks.ts';
import type { ConfigurationFact, Facts } from './facts.ts';
import { note, overRead, well, wrong } from './finding.ts';
import type { Finding } from './finding.ts';

const KINDS = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A serving certificate is renewed long before this is left. */
const SHORT_LIFE_MS = 2 * DAY_MS;

/** The webhook configurations: there, filled in, and trusting what is served. */
export function configurationFindings(facts: Facts): readonly Finding[] {
  return overRead('webhooks', facts.configurations, (all) => {
    const own = all.filter(({ object }) => nameOf(object) === CONFIGURATION_NAME);
    const missing = KINDS.filter((kind) => !own.some((one) => one.kind === kind));
    if (missing.length === KINDS.length) return [nothingInstalled()];
    return [
      ...missing.map((kind) => wrong('webhooks', `there is no ${kind} ${CONFIGURATION_NAME}`, START)),
      ...own.flatMap((one) => entryFindings(one, facts)),
    ];
  });
}

function nothingInstalled(): Finding {
  return wrong('webhooks', 'no webhook configuration asks Sluice: work goes past the queues', START);
}

const START = 'start sluice serve with --install or --keep-webhooks, or install the manifests';

function entryFindings({ kind, object }: ConfigurationFact, facts: Facts): readonly Finding[] {
  const entries = arrayAt(object, 'webhooks');
  if (entries.length === 0)
    return [wrong('webhooks', `${kind} ${nameOf(object)} has no entries`, 'start sluice serve, which fills them in')];
  const ignored = entries.filter((one) => stringAt(one, ['failurePolicy']) === 'Ignore').length;
  const trust = trustFindings(kind, entries, facts);
  return [
    ...trust,
    ...(ignored === entries.length
      ? [
          note(
            'webhooks',
            `${kind}: every entry has the failure policy Ignore`,
            'work goes past the queues while no webhook answers; serve with --failure-policy Fail',
          ),
        ]
      : []),
    ...(trust.length === 0
      ? [well('webhooks', `${kind}: ${entries.length} entries, ${ignored} of them with Ignore`)]
      : []),
  ];
}

function trustFindings(kind: string, entries: readonly JsonValue[], { served }: Facts): readonly Finding[] {
  const bundles = entries.map((one) => Buffer.from(stringAt(one, ['clientConfig', 'caBundle']), 'base64').toString());
  const empty = bundles.filter((bundle) => bundle === '').length;
  if (empty > 0) return [wrong('webhooks', `${kind}: caBundle of ${empty} entries is empty`, FILL)];
  if (served.kind === 'unread') return [];
  const foreign = bundles.filter((bundle) => !isVouchedFor(served.value.certificatePem, bundle)).length;
  return foreign === 0
    ? []
    : [
        wrong(
          'webhooks',
          `${kind}: caBundle of ${foreign} entries does not vouch for the certificate that is served`,
          FILL,
        ),
      ];
}

const FILL =
  'a running sluice serve fills it in within seconds; with --certificate-folder see the annotation cert-manager.io/inject-ca-from and cainjector';

/** The certificate that is served now. */
export function certificateFindings({ served, certManager, nowMs }: Facts): readonly Finding[] {
  const remedy =
    certManager.kind === 'read' && certManager.value !== undefined ? describe(certManager.value.key) : RENEW;
  return overRead('certificate', served, (pair) => {
    const leftMs = notAfterMs(pair.certificatePem) - nowMs;
    const isShort = leftMs < SHORT_LIFE_MS;
    const left = isShort ? `${(leftMs / HOUR_MS).toFixed(1)} hours` : `${(leftMs / DAY_MS).toFixed(1)} days`;
    if (leftMs <= 0)
      return [wrong('certificate', `the serving certificate ended ${(-leftMs / DAY_MS).toFixed(1)} days ago`, remedy)];
    const problems = pair.privateKeyPem === '' ? [] : checkServing(pair, pair.bundlePem, pair.names, nowMs);
    if (problems.length > 0) return problems.map((problem) => wrong('certificate', problem, remedy));
    if (isShort) return [note('certificate', `the serving certificate ends in ${left}`, remedy)];
    return [well('certificate', `the serving certificate lives for ${left}`)];
  });
}

const RENEW =
  'look in the log of sluice serve for "certificates are not settled"; deleting the Secret sluice-serving has another one issued';

/** End to end: the API server asked Sluice about an object. */
export function trialFindings({ trial }: Facts): readonly Finding[] {
  return overRead('review', trial, (answer) => {
    if (answer.kind === 'admitted')
      return [well('review', 'the API server reaches the webhooks: a queue was created on trial')];
    const isSilent = answer.message.includes('failed calling webhook');
    return [
      wrong(
        'review',
        `a queue cannot be created: ${answer.message}`,
        isSilent
          ? 'see whether sluice serve runs and is ready, and whether the API server may reach its port'
          : 'the message says what is wrong',
      ),
    ];
  });
}

/** Those of Volcano that still ask Volcano. */
export function rivalConfigurations({ configurations }: Facts): readonly Finding[] {
  if (configurations.kind === 'unread') return [];
  const names = new Set(VOLCANO_CONFIGURATIONS.map(({ name }) => name));
  const ours = new Set(
    configurations.value.filter(({ object }) => nameOf(object) === CONFIGURATION_NAME).flatMap(addresses),
  );
  const rivals = configurations.value.filter(
    (one) => names.has(nameOf(one.object)) && addresses(one).some((address) => !ours.has(address)),
  );
  return rivals.map(({ kind, object }) =>
    note(
      'volcano',
      `${kind} ${nameOf(object)} is of Volcano and asks another server`,
      'take Volcano away, or serve in its place with --compat volcano: docs/operations.md',
    ),
  );
}

function addresses({ object }: ConfigurationFact): readonly string[] {
  return arrayAt(object, 'webhooks').map((one) => {
    const url = stringAt(one, ['clientConfig', 'url']);
    const service = ['namespace', 'name'].map((key) => stringAt(one, ['clientConfig', 'service', key])).join('/');
    return url === '' ? service : (URL.parse(url)?.host ?? url);
  });
}

function nameOf(object: JsonObject): string {
  return stringAt(object, ['metadata', 'name']);
}

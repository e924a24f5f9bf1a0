import { expect } from 'chai';
import { createAuthority } from '../../../certs/authority.ts';
import type { CertificatePair } from '../../../certs/certificate-pair.ts';
import { issueServing } from '../../../certs/serving.ts';
import { customResourceDefinition } from '../../../src/api/kinds/crd.ts';
import { NEEDED_GROUP_VERSIONS } from '../../../src/api/kubernetes-release.ts';
import { KINDS } from '../../../src/api/kinds/kinds.ts';
import { diagnose, diagnosisText } from '../../../src/cli/doctor/diagnosis.ts';
import type {
  ConfigurationFact,
  DeploymentFact,
  Facts,
  InstallationFact,
  Read,
  ServedFact,
} from '../../../src/cli/doctor/facts.ts';
import { exitCode } from '../../../src/cli/doctor/finding.ts';
import type { CertificateView } from '../../../src/engine/certificates/certificate-view.ts';
import { objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2030, 0, 1);
const READY = [{ type: 'Ready', status: 'True', reason: 'Ready', message: '' }];
const VIEW = { key: 'n/w', certificate: { status: { conditions: READY } }, requests: [], issuer: 'unknown' } as const;
const UNREAD: Read<never> = { kind: 'unread', why: 'forbidden' };

describe('the diagnosis of an installation', () => {
  let authority: CertificatePair;
  let other: CertificatePair;
  let serving: CertificatePair;
  let healthy: Facts;

  before(async () => {
    const make = (commonName: string): Promise<CertificatePair> =>
      createAuthority({ nowMs: NOW_MS, commonName, validForMs: 100 * DAY_MS });
    [authority, other] = await Promise.all([make('ours'), make('other')]);
    const names = { dnsNames: ['w.n.svc'], ipAddresses: [] };
    serving = await issueServing(authority, { ...names, nowMs: NOW_MS, validForMs: 30 * DAY_MS });
    healthy = makeHealthy();
  });

  function makeHealthy(): Facts {
    return {
      server: 'https://127.0.0.1',
      namespace: 'sluice-system',
      nowMs: NOW_MS,
      skewMs: 0,
      release: read(37),
      groupVersions: read(new Set(NEEDED_GROUP_VERSIONS)),
      definitions: read(definitions()),
      configurations: read(configurations(authority.certificatePem)),
      served: read(servedBy({})),
      certManager: read(undefined),
      installation: read(installed([server(), scheduler()])),
      trial: read({ kind: 'admitted' }),
      lease: read(lease(NOW_MS - 2000)),
      submitterKeys: read({ data: { '20300101T000000Z': btoa('k'.repeat(43)) } }),
      volcano: read([]),
      namespaces: read([team()]),
      nodes: read([node({})]),
      queues: read([{ metadata: { name: 'default' }, status: { state: 'Open' } }]),
    };
  }

  function servedBy(facts: Partial<ServedFact>): ServedFact {
    const names = { dnsNames: ['w.n.svc'], ipAddresses: [] };
    return { ...serving, bundlePem: authority.certificatePem, names, ...facts };
  }

  /** What is told beyond that all is well. */
  function told(facts: Partial<Facts>): readonly string[] {
    const findings = diagnose({ ...healthy, ...facts }).filter(({ level }) => level !== 'well');
    for (const { remedy, level } of findings) if (level !== 'unknown') expect(remedy).to.not.equal('');
    return findings.map(({ level, check, message }) => `${level} ${check}: ${message}`);
  }

  it('finds nothing where nothing is wrong, and says what it has seen', () => {
    expect(told({})).to.deep.equal([]);
    const findings = diagnose(healthy);
    expect(exitCode(findings)).to.equal(0);
    expect(diagnosisText(findings)).to.match(/^ok +review +the API server reaches the webhooks/m);
  });

  const rows: readonly (readonly [name: string, facts: () => Partial<Facts>, want: RegExp])[] = [
    ['a clock that is ahead', () => ({ skewMs: 120_000 }), /^note clock: this clock is 120 s ahead of/],
    ['a clock that is behind', () => ({ skewMs: -120_000 }), /^note clock: .* 120 s behind/],
    [
      'a Kubernetes that is too old',
      () => ({ release: read(33) }),
      /^wrong kubernetes: .* of 1\.33; .* for 1\.34 to 1\.37/,
    ],
    [
      'a Kubernetes that nobody has tried',
      () => ({ release: read(38) }),
      /^note kubernetes: .* of 1\.38; .* tried with/,
    ],
    [
      'an API that is switched off',
      () => ({ groupVersions: read(new Set(NEEDED_GROUP_VERSIONS.filter((one) => one !== 'storage.k8s.io/v1'))) }),
      /^wrong kubernetes: the API server does not serve storage\.k8s\.io\/v1/,
    ],
    [
      'a kind that is missing',
      () => ({ definitions: read(definitions({ drop: 'queues' })) }),
      /^wrong kinds: queues\.\S+ is not installed/,
    ],
    [
      'a kind that is not served yet',
      () => ({ definitions: read(definitions({ pending: 'queues' })) }),
      /^wrong kinds: queues\.\S+ is not served/,
    ],
    [
      'a kind of an old version',
      () => ({ definitions: read(definitions({ old: 'queues' })) }),
      /^wrong kinds: queues\.\S+ does not serve v1beta1/,
    ],
    [
      'a kind of another release',
      () => ({ definitions: read(definitions({ other: 'queues' })) }),
      /^note kinds: queues\.\S+ differs/,
    ],
    ['no keys of submitters', () => ({ submitterKeys: read(undefined) }), /^note submitters: Secret \S+ holds no key/],
    ['no webhooks', () => ({ configurations: read([]) }), /^wrong webhooks: no webhook configuration asks Sluice/],
    [
      'one configuration of two',
      () => ({ configurations: read(configurations(authority.certificatePem).slice(1)) }),
      /^wrong webhooks: there is no MutatingWebhookConfiguration sluice/,
    ],
    [
      'an authority that nobody has filled in',
      () => ({ configurations: read(configurations('')) }),
      /^wrong webhooks: .*caBundle of 1 entries is empty/,
    ],
    [
      'another authority',
      () => ({ configurations: read(configurations(other.certificatePem)) }),
      /^wrong webhooks: .*does not vouch/,
    ],
    [
      'configurations that let everything pass',
      () => ({ configurations: read(configurations(authority.certificatePem, 'Ignore')) }),
      /^note webhooks: .*failure policy Ignore/,
    ],
    [
      'a certificate that has ended',
      () => ({ nowMs: NOW_MS + 31 * DAY_MS, lease: read(lease(NOW_MS + 31 * DAY_MS)) }),
      /^wrong certificate: the serving certificate ended 1\.0 days ago/,
    ],
    [
      'a certificate that ends soon',
      () => ({ nowMs: NOW_MS + 29 * DAY_MS, lease: read(lease(NOW_MS + 29 * DAY_MS)) }),
      /^note certificate: .* ends in 24\.0 hours/,
    ],
    [
      'a key of another certificate',
      () => ({ served: read(servedBy({ privateKeyPem: other.privateKeyPem })) }),
      /^wrong certificate: the private key does not belong to the certificate/,
    ],
    [
      'a certificate for another name',
      () => ({ served: read(servedBy({ names: { dnsNames: ['v.n.svc'], ipAddresses: [] } })) }),
      /^wrong certificate: the certificate does not cover v\.n\.svc/,
    ],
    [
      'a certificate of another authority than the one beside it',
      () => ({ served: read(servedBy({ bundlePem: other.certificatePem })) }),
      /^wrong certificate: no authority of the bundle has signed the certificate/,
    ],
    [
      'a Certificate of cert-manager that is not there',
      () => ({ certManager: read({ ...VIEW, certificate: undefined }) }),
      /^wrong cert-manager: there is no Certificate n\/w$/,
    ],
    [
      'a Certificate that was not renewed',
      () => ({ certManager: read(renewedAt(NOW_MS - 3_600_000)) }),
      /^wrong cert-manager: Certificate n\/w was to be renewed at 2029-12-31T23:00:00.000Z, and was not: cert-manager does not run$/,
    ],
    [
      'webhooks that do not answer',
      () => ({ trial: read({ kind: 'refused', message: 'failed calling webhook "mutate-queues"' }) }),
      /^wrong review: .*failed calling webhook/,
    ],
    ['nobody who leads', () => ({ lease: read(undefined) }), /^wrong leader: nobody leads/],
    [
      'a leader that is silent',
      () => ({ lease: read(lease(NOW_MS - 60_000)) }),
      /^wrong leader: a_1 has led, and is silent for 60 s/,
    ],
    [
      'a running Volcano',
      () => ({ volcano: read([deployment('volcano-scheduler', 1), deployment('volcano-admission', 0)]) }),
      /^wrong volcano: Volcano runs beside Sluice: volcano-scheduler;/,
    ],
    [
      'webhooks of Volcano',
      () => ({ configurations: read([...configurations(authority.certificatePem), rival()]) }),
      /^note volcano: MutatingWebhookConfiguration volcano-admission-service-pods-mutate is of Volcano/,
    ],
    [
      'two installations',
      () => ({ installation: read(installed([server(), scheduler(), server({ namespace: 'other' })])) }),
      /^wrong installation: Sluice is installed more than once, in other and sluice-system/,
    ],
    [
      'two releases',
      () => ({ installation: read(installed([server({ version: '0.2.0' }), scheduler()])) }),
      /^wrong installation: Deployments of several releases are there: 0\.1\.0 and 0\.2\.0/,
    ],
    [
      'a Deployment that another form has left',
      () => ({ installation: read(installed([server({ writes: true }), scheduler()])) }),
      /^wrong installation: sluice-system\/sluice and sluice-system\/sluice-scheduler all write/,
    ],
    [
      'pods that are not ready',
      () => ({ installation: read(installed([server({ ready: 0 }), scheduler()])) }),
      /^wrong installation: no pod of the Deployment sluice-system\/sluice is ready/,
    ],
    [
      'rights that are missing',
      () => ({
        installation: read(installed([server(), scheduler({ lacks: read(['a', 'b', 'c', 'd', 'e', 'f', 'g']) })])),
      }),
      /^wrong rights: the account sluice-system\/sluice lacks rights: a, b, c, d, e and 2 more/,
    ],
    [
      'a Service that leads to nobody',
      () => ({ installation: read({ ...installed([server(), scheduler()]), deadServices: ['n/w'] }) }),
      /^wrong webhooks: reviews go to the Service n\/w, which leads to no ready pod/,
    ],
    [
      'requests without seats',
      () => ({ installation: read({ ...installed([server(), scheduler()]), hasFlowSchema: false }) }),
      /^note fairness: there is no FlowSchema sluice/,
    ],
    [
      'a namespace that is being deleted',
      () => ({ namespaces: read([team(), leaving('sluice-system')]) }),
      /^wrong installation: the namespace sluice-system is being deleted: held by a finalizer/,
    ],
    ['no queue', () => ({ queues: read([]) }), /^wrong queues: there is no queue default/],
    [
      'a closed queue',
      () => ({ queues: read([{ metadata: { name: 'default' }, status: { state: 'Closed' } }]) }),
      /^note queues: the queue default is Closed/,
    ],
    [
      'nobody who takes part',
      () => ({ namespaces: read([{ metadata: { name: 'team' } }]) }),
      /^note namespaces: no namespace goes through queues/,
    ],
    [
      'no node that takes pods',
      () => ({ nodes: read([node({ unschedulable: true })]) }),
      /^wrong nodes: none of 1 nodes takes pods/,
    ],
  ];
  for (const [name, facts, want] of rows) {
    it(`tells ${name}, and what to do`, () => {
      const lines = told(facts());
      expect(lines[0]).to.match(want);
      for (const line of lines) expect(line).to.match(want);
      expect(exitCode(diagnose({ ...healthy, ...facts() }))).to.equal(lines[0]?.startsWith('wrong') === true ? 1 : 0);
    });
  }

  it('says what it could not look at, and ends with a code of its own for that', () => {
    expect(told({ nodes: UNREAD })).to.deep.equal(['unknown nodes: cannot be looked at: forbidden']);
    expect(exitCode(diagnose({ ...healthy, nodes: UNREAD }))).to.equal(3);
    expect(told({ release: UNREAD })).to.deep.equal(['unknown kubernetes: cannot be looked at: forbidden']);
    expect(exitCode(diagnose({ ...healthy, nodes: UNREAD, queues: read([]) }))).to.equal(1);
  });
});

function read<T>(value: T): Read<T> {
  return { kind: 'read', value };
}

/** As an API server has them, but for one. */
function definitions(
  odd: { drop?: string; pending?: string; old?: string; other?: string } = {},
): (Facts['definitions'] & { kind: 'read' })['value'] {
  return KINDS.map((kind) => {
    const wanted = customResourceDefinition(kind);
    const { plural } = kind.type;
    const status = { conditions: [{ type: 'Established', status: plural === odd.pending ? 'False' : 'True' }] };
    const versions = { name: plural === odd.old ? 'v1alpha0' : kind.type.version, served: true };
    const isOdd = plural === odd.old || plural === odd.other;
    const spec = isOdd ? { ...objectAt(wanted, 'spec'), versions: [versions] } : objectAt(wanted, 'spec');
    const found = plural === odd.drop ? undefined : { ...wanted, spec, status };
    return { name: stringAt(wanted, ['metadata', 'name']), wanted, found };
  });
}

function configurations(bundlePem: string, failurePolicy = 'Fail'): readonly ConfigurationFact[] {
  const caBundle = Buffer.from(bundlePem).toString('base64');
  const webhooks = [{ name: 'one', failurePolicy, clientConfig: { url: 'https://w.n.svc:9443/one', caBundle } }];
  return ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'].map((kind) => ({
    kind,
    object: { metadata: { name: 'sluice' }, webhooks },
  }));
}

function rival(): ConfigurationFact {
  const service = { namespace: 'volcano-system', name: 'volcano-admission-service' };
  const object = {
    metadata: { name: 'volcano-admission-service-pods-mutate' },
    webhooks: [{ clientConfig: { service } }],
  };
  return { kind: 'MutatingWebhookConfiguration', object };
}

interface DeploymentShape {
  readonly namespace?: string;
  readonly version?: string;
  readonly ready?: number;
  readonly writes?: boolean;
  readonly lacks?: DeploymentFact['lacks'];
}

function server(shape: DeploymentShape = {}): DeploymentFact {
  return deployed('sluice', 'sluice-webhook', { writes: false, ...shape });
}

function scheduler(shape: DeploymentShape = {}): DeploymentFact {
  return deployed('sluice-scheduler', 'sluice', { writes: true, ...shape });
}

function deployed(
  name: string,
  account: string,
  { namespace = 'sluice-system', version = '0.1.0', ready = 3, writes = false, lacks = read([]) }: DeploymentShape,
): DeploymentFact {
  const metadata = { name, namespace, labels: { 'app.kubernetes.io/version': version } };
  return { object: { metadata, status: { readyReplicas: ready } }, namespace, account, writes, lacks };
}

function installed(deployments: readonly DeploymentFact[]): InstallationFact {
  return { deployments, deadServices: [], hasFlowSchema: true };
}

function team(): JsonObject {
  return { metadata: { name: 'team', labels: { 'sluice.dev/admission': 'enabled' } } };
}

function leaving(name: string): JsonObject {
  const conditions = [{ type: 'NamespaceFinalizersRemaining', status: 'True', message: 'held by a finalizer' }];
  return {
    metadata: { name, deletionTimestamp: '2030-01-01T00:00:00Z' },
    status: { phase: 'Terminating', conditions },
  };
}

function lease(renewedMs: number): JsonObject {
  return { spec: { holderIdentity: 'a_1', leaseDurationSeconds: 15, renewTime: new Date(renewedMs).toISOString() } };
}

function node(spec: JsonObject): JsonObject {
  return { spec, status: { conditions: [{ type: 'Ready', status: 'True' }] } };
}

function deployment(name: string, readyReplicas: number): JsonObject {
  return { metadata: { name }, status: { readyReplicas } };
}

function renewedAt(timeMs: number): CertificateView {
  const renewalTime = new Date(timeMs).toISOString();
  return { ...VIEW, certificate: { status: { conditions: READY, renewalTime } } };
}

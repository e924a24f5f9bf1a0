import { expect } from 'chai';
import type { PolicySource } from '../../../src/config/policy-source.ts';
import { readServeOptions } from '../../../src/cli/serve/serve-options.ts';
import type { RawServeOptions } from '../../../src/cli/serve/serve-options.ts';

const DEFAULTS: RawServeOptions = {
  roles: 'webhook,scheduler,controllers',
  operationsPort: '0',
  failurePolicy: 'Fail',
  neverFits: 'warn',
  leaseSeconds: '15',
  drainSeconds: '12',
  certificateSeconds: '60',
  certificateDays: '30',
  authorityDays: '730',
  logLevel: 'info',
};

describe('options of serve', () => {
  const mistakes: readonly [name: string, raw: Partial<RawServeOptions>, want: string][] = [
    [
      'an unknown role',
      { roles: 'webhook,janitor' },
      '--roles: "janitor" is not one of webhook, scheduler, controllers',
    ],
    ['no role', { roles: '' }, '--roles: "" is not one of webhook, scheduler, controllers'],
    ['a webhook URL without TLS', { webhookUrl: 'http://127.0.0.1:9443' }, 'is not an https URL'],
    ['a webhook URL without a port', { webhookUrl: 'https://127.0.0.1' }, 'has no port'],
    ['something that is no URL', { webhookUrl: 'nowhere' }, 'is not an https URL'],
    ['a port out of range', { webhookPort: '70000' }, '--webhook-port and --operations-port take 0 to 65535'],
    ['a port that is no number', { operationsPort: 'x' }, '--webhook-port and --operations-port take 0 to 65535'],
    ['an unknown word for what never fits', { neverFits: 'deny' }, '--never-fits takes warn, refuse or ignore'],
    ['an unknown failure policy', { failurePolicy: 'Maybe' }, '--failure-policy takes Fail or Ignore'],
    ['an unknown mode of rights', { queueAuthorisation: 'on' }, '--queue-authorisation takes off, warn, enforce'],
    ['another one', { bypassAuthorisation: '' }, '--bypass-authorisation takes off, warn, enforce'],
    ['a system that nobody serves for', { compat: 'slurm', release: 'r' }, '--compat takes volcano'],
    ['Volcano without its release', { compat: 'volcano' }, '--compat volcano takes --release'],
    ['a release without a system', { release: 'r' }, '--release goes with --compat volcano'],
    ['a release that names nothing', { compat: 'volcano', release: 'My' }, '--release: "My" is no name of a release'],
    ['an unknown log level', { logLevel: 'loud' }, '--log-level takes debug, info, warn or error'],
    ['a lease of no length', { leaseSeconds: '0' }, '--lease-seconds takes a number from 1 to 300'],
    [
      'a certificate that nobody looks at',
      { certificateSeconds: '0' },
      '--certificate-seconds takes a number from 1 to 3600',
    ],
    ['a scheduler that only reads', { readOnly: true }, '--read-only goes with --roles webhook'],
    [
      'who writes nothing and yet installs',
      { readOnly: true, roles: 'webhook', keepWebhooks: true },
      '--read-only writes nothing',
    ],
    ['an injector without a folder', { injectCaFrom: 'a/b' }, '--inject-ca-from goes with --certificate-folder'],
    [
      'an injector that names nothing',
      { certificateFolder: '/c', injectCaFrom: 'b' },
      '--inject-ca-from: "b" is not NAMESPACE/CERTIFICATE',
    ],
    ['a certificate that ends before it is looked at', { certificateDays: '0.005' }, '--certificate-days takes'],
    ['an authority that ends with its certificate', { authorityDays: '31' }, '--authority-days takes'],
    ['a negative drain', { drainSeconds: '-1' }, '--drain-seconds takes a number from 0 to 60'],
    [
      'two sources of the configuration',
      { schedulerConfig: '/a', schedulerConfigmap: 'ns/a' },
      '--scheduler-config and --scheduler-configmap exclude each other',
    ],
    [
      'a ConfigMap without a namespace',
      { schedulerConfigmap: 'a' },
      '--scheduler-configmap: "a" is not NAMESPACE/NAME',
    ],
    ['a ConfigMap without a name', { schedulerConfigmap: 'ns/' }, '"ns/" is not NAMESPACE/NAME'],
    ['a ConfigMap with a key', { schedulerConfigmap: 'ns/a/b' }, '"ns/a/b" is not NAMESPACE/NAME'],
    ['a drain that is no number', { drainSeconds: 'long' }, '--drain-seconds takes a number from 0 to 60'],
  ];
  for (const [name, raw, want] of mistakes) {
    it(`tells ${name} in one sentence`, () => {
      expect(readServeOptions({ ...DEFAULTS, ...raw }))
        .to.be.a('string')
        .that.includes(want);
    });
  }

  const sources: readonly [Partial<RawServeOptions>, PolicySource][] = [
    [{}, { kind: 'default' }],
    [{ schedulerConfig: '/a' }, { kind: 'file', path: '/a' }],
    [
      { compat: 'volcano', release: 'r' },
      { kind: 'configMap', namespace: 'volcano-system', name: 'r-scheduler-configmap', isVolcanos: true },
    ],
    [
      { compat: 'volcano', release: 'r', namespace: 'batch' },
      { kind: 'configMap', namespace: 'batch', name: 'r-scheduler-configmap', isVolcanos: true },
    ],
    [
      { compat: 'volcano', release: 'r', schedulerConfig: '/a' },
      { kind: 'file', path: '/a' },
    ],
    [{ schedulerConfigmap: 'ns/a' }, { kind: 'configMap', namespace: 'ns', name: 'a' }],
  ];
  for (const [raw, want] of sources) {
    it(`takes the configuration from: ${want.kind}`, () => {
      const options = readServeOptions({ ...DEFAULTS, ...raw });
      if (typeof options === 'string') throw new Error(options);
      expect(options.policySource).to.deep.equal(want);
    });
  }

  it('stops nobody who moves from Volcano for rights that it does not know', () => {
    const rights = (raw: Partial<RawServeOptions>): unknown => {
      const options = readServeOptions({ ...DEFAULTS, ...raw });
      return typeof options === 'string' ? options : options.rights;
    };
    const compat = { compat: 'volcano', release: 'r' };
    expect(rights({})).to.deep.equal({ queues: 'enforce', bypass: 'enforce' });
    expect(rights(compat)).to.deep.equal({ queues: 'warn', bypass: 'warn' });
    expect(rights({ ...compat, queueAuthorisation: 'enforce' })).to.deep.equal({ queues: 'enforce', bypass: 'warn' });
  });

  it('takes the port to listen on from the webhook URL', () => {
    const options = readServeOptions({ ...DEFAULTS, webhookUrl: 'https://127.0.0.1:19443' });
    expect(options).to.include({ webhookPort: 19_443, operationsPort: 0 });
  });

  it('keeps the proportions of a shorter lease', () => {
    const options = readServeOptions({ ...DEFAULTS, leaseSeconds: '3' });
    if (typeof options === 'string') throw new Error(options);
    expect(options.lease).to.deep.equal({ durationMs: 3000, renewDeadlineMs: 2000, retryMs: 400, jitter: 1.2 });
  });

  it('runs all roles unless some are picked', () => {
    const all = readServeOptions(DEFAULTS);
    const some = readServeOptions({ ...DEFAULTS, roles: 'scheduler, controllers' });
    if (typeof all === 'string' || typeof some === 'string') throw new Error('must be valid');
    expect([...all.roles]).to.deep.equal(['webhook', 'scheduler', 'controllers']);
    expect([...some.roles]).to.deep.equal(['scheduler', 'controllers']);
  });
});

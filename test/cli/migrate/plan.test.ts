import { expect } from 'chai';
import fc from 'fast-check';
import type { ConfigurationFact } from '../../../src/cli/doctor/facts.ts';
import { backupKey } from '../../../src/cli/migrate/backup.ts';
import { carryOut } from '../../../src/cli/migrate/carry-out.ts';
import { inTheWay, stopping, undoing } from '../../../src/cli/migrate/plan.ts';
import type { State } from '../../../src/cli/migrate/plan.ts';
import { releasesOf } from '../../../src/cli/migrate/release.ts';
import { isJsonObject, memberAt, objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import type { SentRequest } from '../../../src/cli/cluster/look.ts';
import type { WriteOutcome } from '../../../src/engine/ports.ts';
import { CONFIGURATION_DEFAULTS } from '../../../webhooks/configurations.ts';
import { REGISTRY } from '../../../webhooks/registry.ts';
import { volcanoConfigurations } from '../../../webhooks/volcano/configurations.ts';
import { volcanoInstallation } from '../../support/volcano-install.ts';

const HOME = 'volcano-system';

/** What a cluster stores of an installation, changed by requests as an API server does. */
class Store {
  readonly objects = new Map<string, JsonObject>();
  /** Requests that are answered with a refusal, by how they begin. */
  refuses = '';

  constructor(installed: readonly JsonObject[] = volcanoInstallation('v', HOME)) {
    for (const one of installed) this.put(one);
  }

  state(): State {
    const all = [...this.objects.values()];
    const of = (kind: string): JsonObject[] => all.filter((one) => stringAt(one, ['kind']).endsWith(kind));
    const configurations = of('WebhookConfiguration').map(listed);
    const [release = { name: 'v', namespace: HOME, deployments: new Map() }] = releasesOf(
      of('Deployment'),
      configurations,
    );
    const bindings = of('PolicyBinding').map((object) => ({ kind: stringAt(object, ['kind']), object }));
    return { release, configurations, bindings, backup: of('ConfigMap')[0] };
  }

  async send({ verb, type, name, body = {} }: SentRequest): Promise<WriteOutcome> {
    if (verb === this.refuses) return Promise.resolve({ kind: 'refused', code: 403, message: 'forbidden' });
    const key = `${type.kind}.${name}`;
    if (verb === 'create') this.put(body);
    else if (verb === 'delete') this.objects.delete(key);
    else this.objects.set(key, merged(this.objects.get(key), body));
    return Promise.resolve({ kind: 'done', object: undefined });
  }

  /** Also what somebody else puts there. */
  put(object: JsonObject): void {
    const metadata = { ...objectAt(object, 'metadata'), uid: `uid-${this.objects.size}`, resourceVersion: '1' };
    this.objects.set(backupKey({ kind: stringAt(object, ['kind']), object }), { ...object, metadata });
  }

  run(plan: (state: State) => ReturnType<typeof stopping>): Promise<readonly string[]> {
    const ports = { plan: async () => Promise.resolve(plan(this.state())), onDone() {} };
    return carryOut({ ...ports, send: (request) => this.send(request) });
  }

  /** Replicas and webhook configurations, without what the server numbers. */
  seen(): unknown {
    const { release, configurations, bindings, backup } = this.state();
    return {
      replicas: [...release.deployments.values()].map((one) => memberAt(one, 'spec', 'replicas')),
      annotations: [...release.deployments.values()].map((one) => objectAt(one, 'metadata', 'annotations')),
      webhooks: configurations.map(({ object }) => JSON.stringify(memberAt(object, 'webhooks'))).toSorted(),
      bindings: bindings.map(({ object }) => JSON.stringify(memberAt(object, 'spec'))).toSorted(),
      backup: backup !== undefined,
    };
  }
}

describe('a migration from Volcano', () => {
  const STEPS = [
    'scale volcano-system/v-scheduler from 1 to 0',
    'scale volcano-system/v-controllers from 2 to 0',
    'keep 4 webhook configurations and bindings of policies in ConfigMap volcano-system/sluice-migration',
    'remove MutatingWebhookConfiguration volcano-admission-service-jobs-mutate',
    'remove ValidatingWebhookConfiguration volcano-admission-service-jobs-validate',
    'remove MutatingAdmissionPolicyBinding volcano-job-mutation-binding',
    'remove ValidatingAdmissionPolicyBinding job-validation-policy-binding',
    'scale volcano-system/v-admission from 1 to 0',
  ];

  it('stops the server of webhooks once nobody is told to ask it, and a second run does nothing', async () => {
    const store = new Store();
    expect(stopping(store.state()).map(({ what }) => what)).to.deep.equal(STEPS);
    expect(await store.run(stopping)).to.deep.equal(STEPS);
    expect(await store.run(stopping)).to.deep.equal([]);
    expect(store.seen()).to.deep.include({ replicas: [0, 0, 0], webhooks: [], backup: true });
  });

  it('is undone to what was before, and undoing again does nothing', async () => {
    const store = new Store();
    const before = store.seen();
    await store.run(stopping);
    expect(await store.run(undoing)).to.have.length(8);
    expect(store.seen()).to.deep.equal(before);
    expect(await store.run(undoing)).to.deep.equal([]);
  });

  for (const at of [0, 1, 2, 3, 4, 5, 6, 7]) {
    it(`goes on, and back, from a stop after ${at} steps`, async () => {
      const before = new Store().seen();
      const [onwards, back] = [new Store(), new Store()];
      for (const store of [onwards, back])
        for (let done = 0; done < at; done += 1)
          for (const { request } of stopping(store.state()).slice(0, 1)) await store.send(request);
      expect(await onwards.run(stopping)).to.deep.equal(STEPS.slice(at));
      await back.run(undoing);
      expect(back.seen()).to.deep.equal(before);
    });
  }

  it('loses nothing of a broken installation, wherever it is cut off and whatever is put back meanwhile', async () => {
    const whole = volcanoInstallation('v', HOME);
    const parts = fc.subarray(whole.map((_, at) => at));
    await fc.assert(
      fc.asyncProperty(parts, fc.nat(whole.length), parts, async (there, cutAfter, again) => {
        const installed = whole.filter((_, at) => there.includes(at));
        const store = new Store(installed);
        const before = store.seen();
        for (let done = 0; done < cutAfter; done += 1)
          for (const { request } of stopping(store.state()).slice(0, 1)) await store.send(request);
        // As a tool that keeps what it has installed.
        for (const at of again)
          if (there.includes(at) && whole[at]?.['kind'] !== 'Deployment') store.put(whole[at] ?? {});
        await store.run(stopping);
        expect(await store.run(stopping)).to.deep.equal([]);
        expect(store.seen()).to.deep.include({ webhooks: [], bindings: [] });
        await store.run(undoing);
        expect(store.seen()).to.deep.equal(before);
      }),
      { numRuns: Number(process.env['SLUICE_MIGRATION_RUNS'] ?? 50) },
    );
  });

  it('says which step failed, and leaves the rest as it is', async () => {
    const store = new Store();
    store.refuses = 'delete';
    expect(await failure(store.run(stopping))).to.match(
      /^cannot remove MutatingWebhookConfiguration \S+: forbidden; run this again to go on/,
    );
    expect(store.seen()).to.deep.include({ replicas: [0, 0, 1], backup: true });
  });

  it('ends when somebody puts back what it has done', async () => {
    const store = new Store();
    const run = carryOut({
      plan: async () => Promise.resolve(stopping(store.state())),
      send: () => Promise.resolve({ kind: 'done', object: undefined }),
      onDone() {},
    });
    expect(await failure(run)).to.match(/v-scheduler from 1 to 0: it was done, and somebody has put it back/);
  });

  it('has every change refused that is made to something else than what was looked at', () => {
    for (const { request } of stopping(new Store().state())) {
      const { body } = request;
      const precondition = request.verb === 'delete' ? objectAt(body, 'preconditions') : objectAt(body, 'metadata');
      if (request.verb !== 'create') expect(Object.keys(precondition)).to.include.members(['uid', 'resourceVersion']);
    }
  });

  it('leaves the configurations of Sluice alone, and finds them in the way back', async () => {
    const store = new Store();
    await store.run(stopping);
    const service = { kind: 'service', namespace: HOME, name: 'v-admission-service', port: 443 } as const;
    const options = { ...CONFIGURATION_DEFAULTS, address: service, caBundle: '' };
    const ours: ConfigurationFact[] = volcanoConfigurations(REGISTRY, options).map(({ type, object }) => ({
      kind: type.kind,
      object,
    }));
    const state = { ...store.state(), configurations: ours, bindings: [] };
    expect(stopping(state)).to.deep.equal([]);
    expect(inTheWay(state)).to.have.length(2);
  });
});

/** As a list has it: the kind stands on the list alone. */
function listed(stored: JsonObject): ConfigurationFact {
  const members = Object.entries(stored).filter(([key]) => key !== 'kind' && key !== 'apiVersion');
  return { kind: stringAt(stored, ['kind']), object: Object.fromEntries(members) };
}

async function failure(run: Promise<unknown>): Promise<string> {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof Error ? error.message : '';
}

function merged(target: JsonObject | undefined, patch: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const { [key]: before } = result;
    if (value === null) delete result[key];
    else result[key] = isJsonObject(value) ? merged(isJsonObject(before) ? before : {}, value) : value;
  }
  return result;
}

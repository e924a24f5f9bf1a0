import { expect } from 'chai';
import { CONFIG_MAPS, SECRETS, VCJOBS } from '../../../src/api/resources.ts';
import type { KeepOwnedEffect, ObjectRef } from '../../../src/controllers/effect.ts';
import { applyEffects } from '../../../src/engine/control/applier.ts';
import type { ApplyOutcome } from '../../../src/engine/control/applier.ts';
import { arrayAt, memberAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { FakeApi } from '../../support/fake-api.ts';
import type { ApiFault } from '../../support/fake-api.ts';
import { NO_ANSWERS } from '../../support/silent-pods.ts';
import { FIXED_KEYS } from '../../support/fixed-keys.ts';

const JOB: ObjectRef = { type: VCJOBS, namespace: 'ns', name: 'train', uid: 'job-1' };
const OURS = {
  apiVersion: 'batch.volcano.sh/v1alpha1',
  kind: 'Job',
  name: 'train',
  uid: 'job-1',
  controller: true,
  blockOwnerDeletion: true,
};
const MAP = 'configmaps';
const KEY = 'ns/train-svc';

const keep: KeepOwnedEffect = {
  kind: 'keepOwned',
  type: CONFIG_MAPS,
  namespace: 'ns',
  name: 'train-svc',
  regarding: JOB,
  body: { data: { a: '2' } },
  update: ['data'],
  keyPair: undefined,
};
const keepSecret: KeepOwnedEffect = {
  ...keep,
  type: SECRETS,
  body: { stringData: { config: 'c' } },
  update: ['stringData'],
  keyPair: { privateAt: 'id', publicAt: ['pub', 'authorized'] },
};
const WHOLE_SECRET = { config: 'c', id: 'private', pub: 'public', authorized: 'public' };

interface World {
  readonly api: FakeApi;
  readonly told: readonly string[];
  readonly apply: (effect: KeepOwnedEffect | 'drop') => Promise<ApplyOutcome>;
}

function world(found?: { readonly owners?: readonly JsonObject[]; readonly deleting?: boolean }): World {
  const api = new FakeApi();
  const told: string[] = [];
  if (found !== undefined) {
    const deletion = found.deleting === true ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {};
    const metadata = {
      namespace: 'ns',
      name: 'train-svc',
      uid: 'found',
      ownerReferences: found.owners ?? [],
      ...deletion,
    };
    api.put(MAP, { metadata, data: { a: '1', b: '1' } });
    api.put('secrets', { metadata, stringData: {} });
  }
  const nothing = (): undefined => undefined;
  const ports = {
    writer: api,
    recorder: {
      record: (...[, , reason, , note]: readonly unknown[]) => told.push(`${String(reason)} ${String(note)}`),
    },
    metrics: { count: nothing, gauge: nothing, observe: nothing, drop: nothing },
    keys: FIXED_KEYS,
    answers: NO_ANSWERS,
  };
  const { type, namespace, name, regarding } = keep;
  const drop = { kind: 'dropOwned', type, namespace, name, regarding } as const;
  return { api, told, apply: (effect) => applyEffects([effect === 'drop' ? drop : effect], ports) };
}

function data(api: FakeApi): unknown {
  return api.get(MAP, KEY)?.['data'];
}

describe('an object that a job is to own', () => {
  it('is made, with the job as its owner', async () => {
    const { api, apply } = world();
    expect(await apply(keep)).to.include({ kind: 'done' });
    const made = api.get(MAP, KEY);
    expect(made).to.deep.include({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: '2' } });
    expect(arrayAt(made, 'metadata', 'ownerReferences')).to.deep.equal([OURS]);
  });

  it('is brought up to date where the job has it', async () => {
    const { api, apply } = world({ owners: [OURS] });
    expect(await apply(keep)).to.include({ kind: 'done' });
    expect(data(api)).to.deep.equal({ a: '2', b: '1' });
  });

  it('stays as it is where nothing of it follows the job', async () => {
    const { api, apply } = world({ owners: [OURS] });
    expect(await apply({ ...keep, update: [] })).to.include({ kind: 'done' });
    expect(data(api)).to.deep.equal({ a: '1', b: '1' });
  });

  it('is used where nobody owns it, and is not owned afterwards', async () => {
    const { api, apply } = world({});
    expect(await apply(keep)).to.include({ kind: 'done' });
    expect(data(api)).to.deep.equal({ a: '2', b: '1' });
    expect(arrayAt(api.get(MAP, KEY), 'metadata', 'ownerReferences')).to.deep.equal([]);
  });

  it('is waited for where a job of before had the same name', async () => {
    const { api, apply } = world({ owners: [{ ...OURS, uid: 'job-0' }] });
    expect(await apply(keep)).to.include({ kind: 'retry' });
    expect(data(api)).to.deep.equal({ a: '1', b: '1' });
  });

  it('is waited for where it is on its way out', async () => {
    const { apply } = world({ owners: [OURS], deleting: true });
    expect(await apply(keep)).to.include({ kind: 'retry' });
  });

  it('is left to another owner, which is told', async () => {
    const { api, apply, told } = world({ owners: [{ kind: 'Application', name: 'shop', uid: 'x' }] });
    expect(await apply(keep)).to.include({ kind: 'done' });
    expect(data(api)).to.deep.equal({ a: '1', b: '1' });
    expect(told).to.deep.equal(['PluginError ConfigMap train-svc belongs to Application shop: it stays as it is']);
  });

  it('is left to a Job of Kubernetes that has the name of the job', async () => {
    const { api, apply, told } = world({ owners: [{ ...OURS, apiVersion: 'batch/v1', uid: 'job-0' }] });
    expect(await apply(keep)).to.include({ kind: 'done' });
    expect(data(api)).to.deep.equal({ a: '1', b: '1' });
    expect(told).to.have.length(1);
  });

  it('has keys that are made with it, and keeps them', async () => {
    const { api, apply } = world();
    await apply(keepSecret);
    expect(api.get('secrets', KEY)?.['stringData']).to.deep.equal(WHOLE_SECRET);
    await apply({ ...keepSecret, body: { stringData: { config: 'd' } } });
    expect(api.get('secrets', KEY)?.['stringData']).to.deep.equal({ ...WHOLE_SECRET, config: 'd' });
  });

  it('gets keys where nobody owns it', async () => {
    const { api, apply } = world({});
    await apply(keepSecret);
    expect(api.get('secrets', KEY)?.['stringData']).to.deep.equal(WHOLE_SECRET);
  });

  it('needs no second try to be one', async () => {
    const { api, apply } = world();
    await apply(keepSecret);
    const once = memberAt(api.get('secrets', KEY), 'stringData');
    await apply(keepSecret);
    expect(memberAt(api.get('secrets', KEY), 'stringData')).to.deep.equal(once);
  });

  it('whose write is refused is told', async () => {
    const { api, apply, told } = world();
    api.faults = () => 'refused';
    expect(await apply(keep)).to.deep.equal({ kind: 'refused', code: 422, message: 'not valid' });
    expect(told).to.deep.equal(['PluginError Execute plugin when job add failed, err: not valid']);
  });

  for (const fault of ['lost', 'answerLost', 'throttled', 'notLeader'] as const satisfies readonly ApiFault[]) {
    it(`is tried again after ${fault}, and is there then`, async () => {
      const { api, apply } = world();
      let isFirst = true;
      api.faults = () => {
        const answer = isFirst ? fault : 'none';
        isFirst = false;
        return answer;
      };
      expect(await apply(keep)).to.include({ kind: 'retry' });
      expect(await apply(keep)).to.include({ kind: 'done' });
      expect(data(api)).to.deep.equal({ a: '2' });
    });
  }
});

describe('an object that a job is not to own any more', () => {
  it('goes, by its UID', async () => {
    const { api, apply } = world({ owners: [OURS] });
    expect(await apply('drop')).to.include({ kind: 'done' });
    expect(api.get(MAP, KEY)).to.equal(undefined);
    expect(api.requests.at(-1)?.body).to.deep.equal({
      preconditions: { uid: 'found' },
      propagationPolicy: 'Background',
    });
  });

  it('is gone already', async () => {
    expect(await world().apply('drop')).to.include({ kind: 'done' });
  });

  for (const [name, owners] of [
    ['nobody owns it', []],
    ['another owns it', [{ kind: 'Application', name: 'shop', uid: 'x' }]],
    ['another job of its name owns it', [{ ...OURS, uid: 'job-0' }]],
  ] as const) {
    it(`stays where ${name}`, async () => {
      const { api, apply } = world({ owners });
      expect(await apply('drop')).to.include({ kind: 'done' });
      expect(data(api)).to.deep.equal({ a: '1', b: '1' });
    });
  }

  it('is tried again when the answer is lost', async () => {
    const { api, apply } = world({ owners: [OURS] });
    api.faults = ({ verb }) => (verb === 'delete' ? 'answerLost' : 'none');
    expect(await apply('drop')).to.include({ kind: 'retry' });
    expect(await apply('drop')).to.include({ kind: 'done' });
  });
});

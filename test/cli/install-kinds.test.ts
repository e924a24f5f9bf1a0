import { expect } from 'chai';
import { CRDS } from '../../src/api/resources.ts';
import { KINDS } from '../../src/api/kinds/kinds.ts';
import { Cluster } from '../../src/cli/cluster/cluster.ts';
import { installKinds } from '../../src/cli/install-kinds.ts';
import type { ClusterWriter, WriteOutcome, WriteRequest } from '../../src/engine/ports.ts';
import { arrayAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { ManualClock } from '../support/manual-clock.ts';

const ESTABLISHED = { conditions: [{ type: 'Established', status: 'True' }] };
const QUEUES = 'queues.scheduling.volcano.sh';

describe('installing our kinds', () => {
  it('writes each of them where none is there, and waits until it is served', async () => {
    const server = new CrdServer();
    await server.install();
    expect(server.told('create')).to.have.lengthOf(KINDS.length);
    expect(server.told('list')).to.have.lengthOf(KINDS.length);
  });

  it('writes none that is there as it should be', async () => {
    const server = new CrdServer();
    await server.install();
    server.calls.length = 0;
    await server.install();
    expect(server.calls.map(({ verb }) => verb)).to.deep.equal(['create', ...KINDS.map(() => 'get')]);
  });

  const changes: readonly { name: string; isWritten: boolean; change: (crd: JsonObject) => JsonObject }[] = [
    {
      name: 'with what others or the server added beside ours',
      isWritten: false,
      change: (crd) => ({ ...crd, metadata: { ...objectAt(crd, 'metadata'), labels: { a: 'b' } }, kept: 1 }),
    },
    { name: 'of another scope', isWritten: true, change: (crd) => withSpec(crd, { scope: 'Namespaced' }) },
    { name: 'without its version', isWritten: true, change: (crd) => withSpec(crd, { versions: [] }) },
    {
      name: 'with one version more',
      isWritten: true,
      change: (crd) => withSpec(crd, { versions: [...arrayAt(crd, 'spec', 'versions'), { name: 'v9' }] }),
    },
    { name: 'that is not served yet', isWritten: true, change: (crd) => ({ ...crd, status: {} }) },
  ];
  for (const { name, isWritten, change } of changes) {
    it(`${isWritten ? 'mends' : 'leaves'} one ${name}`, async () => {
      const server = new CrdServer();
      await server.install();
      server.stored.set(QUEUES, change(objectAt(server.stored.get(QUEUES))));
      server.calls.length = 0;
      await server.install();
      expect(server.told('mergePatch')).to.deep.equal(isWritten ? [QUEUES] : []);
    });
  }
});

function withSpec(crd: JsonObject, spec: JsonObject): JsonObject {
  return { ...crd, spec: { ...objectAt(crd, 'spec'), ...spec } };
}

/** Keeps what is written; an empty list is stored as none. */
class CrdServer {
  readonly stored = new Map<string, JsonObject>();
  readonly calls: WriteRequest[] = [];

  install(): Promise<void> {
    const writer = { write: (request: WriteRequest) => Promise.resolve(this.#answer(request)) };
    return installKinds(new Cluster('https://10.0.0.1', writer as ClusterWriter, new ManualClock()), 'sluice-system');
  }

  /** Names of the CRDs that a verb was about; lists are of the kinds themselves. */
  told(verb: WriteRequest['verb'] | 'list'): readonly string[] {
    const calls = this.calls.filter((call) => (verb === 'list' ? call.type !== CRDS : call.type === CRDS));
    return calls.filter((call) => call.verb === (verb === 'list' ? 'get' : verb)).map(({ name }) => name);
  }

  #answer(request: WriteRequest): WriteOutcome {
    this.calls.push(request);
    const { type, verb, name, body } = request;
    if (type !== CRDS) return { kind: 'done', object: {} };
    const known = this.stored.get(name);
    if (verb === 'get')
      return known === undefined ? { kind: 'notFound', message: '' } : { kind: 'done', object: known };
    if (verb === 'create' && known !== undefined) return { kind: 'conflict', message: '' };
    const crd = { ...known, ...objectAt(body), status: ESTABLISHED };
    const names = objectAt(crd, 'spec', 'names');
    const { shortNames, ...others } = names;
    const stored = arrayAt(names, 'shortNames').length === 0 ? others : { ...others, shortNames: shortNames ?? [] };
    this.stored.set(stringAt(crd, ['metadata', 'name'], name), withSpec(crd, { names: stored }));
    return { kind: 'done', object: crd };
  }
}

import { expect } from 'chai';
import type { KubeHttp } from '../../../src/adapters/kube/connect/http-client.ts';
import { OPERATIONS_ANNOTATION } from '../../../src/api/keys.ts';
import type { ClusterAccess } from '../../../src/cli/cluster/cluster-access.ts';
import { askLeader } from '../../../src/cli/explain/leader-question.ts';
import type { WriteOutcome } from '../../../src/engine/ports.ts';

const QUESTION = { group: { namespace: 'a', name: 'g', uid: 'u' }, others: [] };
const PROXY = '/api/v1/namespaces/sluice-system/pods/http%3Asluice-0%3A8080/proxy';

function leaseOf(holder: string, operations: string): WriteOutcome {
  const metadata = { annotations: { [OPERATIONS_ANNOTATION]: operations } };
  return { kind: 'done', object: { metadata, spec: { holderIdentity: holder } } };
}

describe('the question to the leader', () => {
  let paths: string[];

  beforeEach(() => {
    paths = [];
  });

  /** What comes of it when the Lease is this one and the API server passes on this answer. */
  async function asked(lease: WriteOutcome, status = 200, body = '{"group":"a/g"}'): Promise<unknown> {
    const http: Pick<KubeHttp, 'send'> = {
      send: ({ path }, receiver) => {
        paths.push(path);
        receiver.onAnswer(status, undefined, body);
      },
    };
    const access = { http, writer: { write: () => Promise.resolve(lease) } } as unknown as ClusterAccess;
    try {
      return await askLeader(access, 'sluice-system', QUESTION);
    } catch (error) {
      return (error as Error).message;
    }
  }

  it('goes through the API server where the Lease names a path of it', async () => {
    expect(await asked(leaseOf('sluice-0_x', PROXY))).to.deep.equal({ group: 'a/g' });
    expect(paths).to.deep.equal([`${PROXY}/explain?namespace=a&name=g&uid=u`]);
  });

  it('tells what is answered in its place', async () => {
    const told = await asked(leaseOf('sluice-0_x', PROXY), 403, 'pods "http:sluice-0:8080"\nis forbidden');
    expect(told).to.equal(`Sluice at ${PROXY} answers 403: pods "http:sluice-0:8080" is forbidden`);
  });

  for (const [where, lease] of [
    ['another machine', leaseOf('x', 'http://10.0.0.1:80')],
    ['another machine by a trick', leaseOf('x', 'http://127.0.0.1@evil.example:80')],
    ['another path of the API server', leaseOf('x', '/api/v1/secrets')],
    ['a path behind the proxy', leaseOf('x', `${PROXY}/../../../secrets`)],
    ['something else', leaseOf('x', 'file:///etc/passwd')],
  ] as const) {
    it(`is not sent to ${where}`, async () => {
      expect(await asked(lease))
        .to.be.a('string')
        .that.contains('neither this machine nor a path');
      expect(paths).to.deep.equal([]);
    });
  }

  it('says so when nobody leads', async () => {
    const nobody = 'no Sluice leads: the Lease sluice-system/sluice names nobody who can be asked';
    expect(await asked(leaseOf('', PROXY))).to.equal(nobody);
    expect(await asked({ kind: 'notFound', message: '' })).to.equal(nobody);
  });
});

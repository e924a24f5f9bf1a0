import { expect } from 'chai';
import { BindingWatch } from '../../bench/binding-watch.ts';
import { RequestClient } from '../../bench/request-client.ts';
import { loadKubernetes } from '../../tools/protobuf/kubernetes.ts';
import { FaultServer } from '../support/fault-server.ts';
import { KubernetesWriter } from '../support/kubernetes-writer.ts';

const PROTOBUF = 'application/vnd.kubernetes.protobuf;stream=watch';

describe('counting of bindings', () => {
  let writer: KubernetesWriter;
  let server: FaultServer;
  let client: RequestClient;

  before(async () => {
    writer = new KubernetesWriter(await loadKubernetes());
  });

  beforeEach(async () => {
    server = await FaultServer.start();
    client = new RequestClient({ server: server.url, insecure: true }, 2);
  });

  afterEach(async () => {
    await client.close();
    await server.stop();
  });

  it('counts pods that got a node, whatever the chunks, and nothing else', async () => {
    const watch = new BindingWatch(client, 'ns', 3);
    const exchange = await server.next();
    expect(exchange.query.get('fieldSelector')).to.equal('spec.nodeName!=');
    exchange.open(PROTOBUF);
    const bytes = Buffer.concat(['ADDED', 'MODIFIED', 'ADDED', 'DELETED'].map(frame));
    exchange.raw(bytes.subarray(0, 30));
    exchange.raw(bytes.subarray(30));
    exchange.raw(frame('ADDED'));
    expect(await watch.complete).to.be.greaterThan(0);
    expect(watch.seen).to.equal(3);
    watch.stop();
  });

  it('begins anew after a break, with what the new watch lists', async () => {
    const watch = new BindingWatch(client, 'ns', 2);
    const first = await server.next();
    first.open(PROTOBUF);
    first.raw(frame('ADDED'));
    first.end();
    const second = await server.next();
    second.open(PROTOBUF);
    second.raw(Buffer.concat([frame('ADDED'), frame('ADDED')]));
    await watch.complete;
    expect(watch.seen).to.equal(2);
    watch.stop();
  });

  it('says so when the server answers in JSON', async () => {
    const watch = new BindingWatch(client, 'ns', 1);
    (await server.next()).open();
    let problem = '';
    await watch.open.catch((error: unknown) => (problem = String(error)));
    expect(problem).to.include('application/json');
    watch.stop();
  });

  it('says so when the server refuses the watch', async () => {
    const watch = new BindingWatch(client, 'ns', 1);
    (await server.next()).answer(403, { message: 'no' });
    let problem = '';
    await watch.open.catch((error: unknown) => (problem = String(error)));
    expect(problem).to.include('403');
    watch.stop();
  });

  function frame(type: string): Buffer {
    return writer.event(type, 'v1/Pod', { metadata: { name: 'a' } });
  }
});

import { expect } from 'chai';
import { BindingWatch } from '../../bench/binding-watch.ts';
import { RequestClient } from '../../bench/request-client.ts';
import { FaultServer } from '../support/fault-server.ts';

describe('counting of bindings', () => {
  let server: FaultServer;
  let client: RequestClient;

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
    exchange.raw('{"type":"ADDED","object":{"a":1}}\n{"type":"MODIFIED","object":{}}\n{"type":"AD');
    exchange.raw('DED","object":{}}\n{"type":"DELETED","object":{}}\n');
    exchange.raw('{"type":"ADDED","object":{}}\n');
    expect(await watch.complete).to.be.greaterThan(0);
    expect(watch.seen).to.equal(3);
    watch.stop();
  });

  it('begins anew after a break, with what the new watch lists', async () => {
    const watch = new BindingWatch(client, 'ns', 2);
    const first = await server.next();
    first.raw('{"type":"ADDED","object":{}}\n');
    first.end();
    const second = await server.next();
    second.raw('{"type":"ADDED","object":{}}\n{"type":"ADDED","object":{}}\n');
    await watch.complete;
    expect(watch.seen).to.equal(2);
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
});

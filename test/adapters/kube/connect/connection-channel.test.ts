import { MessageChannel } from 'node:worker_threads';
import { expect } from 'chai';
import { connectionFromPort, serveConnection } from '../../../../src/adapters/kube/connect/connection-channel.ts';
import type { Connection, ConnectionSource } from '../../../../src/adapters/kube/connect/connection.ts';
import { until } from '../../../support/until.ts';

describe('connection of a worker thread', () => {
  const first: Connection = { server: 'https://a', token: 'first', insecure: false };
  const second: Connection = { ...first, token: 'second' };
  let current: Connection;
  let refreshes: number;
  let listeners: Set<(connection: Connection) => void>;
  let worker: ConnectionSource;
  let close: () => void;

  beforeEach(() => {
    current = first;
    refreshes = 0;
    listeners = new Set();
    const { port1, port2 } = new MessageChannel();
    close = serveConnection(port1, {
      current: () => current,
      refresh: () => ((refreshes += 1), Promise.resolve((current = second))),
      onChange: (listener) => (listeners.add(listener), () => listeners.delete(listener)),
    });
    worker = connectionFromPort(port2, first);
  });
  afterEach(() => close());

  it('is the one it was started with', () => {
    expect(worker.current()).to.equal(first);
  });

  it('is read again by the main thread, once for several requests', async () => {
    const [a, b] = await Promise.all([worker.refresh(), worker.refresh()]);
    expect([a, b, worker.current(), refreshes]).to.deep.equal([second, second, second, 1]);
  });

  it('follows changes by itself', async () => {
    for (const listener of listeners) listener(second);
    await until(() => worker.current().token === 'second');
  });

  it('is not followed any more once it is closed', () => {
    close();
    expect(listeners.size).to.equal(0);
  });
});

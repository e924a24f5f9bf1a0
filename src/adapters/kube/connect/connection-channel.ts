import type { MessagePort } from 'node:worker_threads';
import type { Connection, ConnectionSource } from './connection.ts';

/** Main thread to worker: the connection as it stands now. */
type Announcement = { readonly kind: 'connection'; readonly connection: Connection };
/** Worker to main thread: the credentials were refused. */
type Request = { readonly kind: 'refresh' };

/** Main thread: answers a worker's refresh requests and posts every change; returns the function that ends it. */
export function serveConnection(port: MessagePort, source: ObservableConnectionSource): () => void {
  const announce = (connection: Connection): void => {
    const announcement: Announcement = { kind: 'connection', connection };
    port.postMessage(announcement);
  };
  const stopWatching = source.onChange(announce);
  const onMessage = (message: Request): void => {
    if (message.kind === 'refresh') void source.refresh().then(announce, () => announce(source.current()));
  };
  port.on('message', onMessage);
  return () => {
    stopWatching();
    port.off('message', onMessage);
    port.close();
  };
}

/** A source that tells when the connection changed by itself (token file rewritten, token expired). */
export interface ObservableConnectionSource extends ConnectionSource {
  /** The returned function ends the subscription. */
  onChange(listener: (connection: Connection) => void): () => void;
}

/** Worker: the source that is served at the other end of the port; it keeps no process alive. */
export function connectionFromPort(port: MessagePort, initial: Connection): ConnectionSource {
  let current = initial;
  let waiting: ((connection: Connection) => void)[] = [];
  port.on('message', (message: Announcement) => {
    current = message.connection;
    const resolvers = waiting;
    waiting = [];
    for (const resolve of resolvers) resolve(current);
  });
  port.unref();
  return {
    current: () => current,
    refresh: () => {
      const request: Request = { kind: 'refresh' };
      if (waiting.length === 0) port.postMessage(request);
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}

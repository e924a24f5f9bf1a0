import { createServer } from 'node:net';

/** A loopback port that was free a moment ago; who binds it must be ready to find it taken. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no loopback port is free'));
        else resolve(address.port);
      });
    });
  });
}

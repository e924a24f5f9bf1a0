import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { postJson } from '../../src/adapters/post-json.ts';

describe('a JSON body that is posted', () => {
  let server: Server;
  let url: string;
  const asked: string[] = [];

  before(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        asked.push(`${request.method} ${request.url} ${request.headers['content-type']} ${body}`);
        if (request.url !== '/hangs') response.end('{"status":1}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('arrives as it is, and the answer is read', async () => {
    expect(await postJson(`${url}/verb`, '{"job":{}}', 5000)).to.deep.equal({ kind: 'json', value: { status: 1 } });
    expect(asked).to.deep.equal(['POST /verb application/json {"job":{}}']);
  });

  it('is given up after its time', async () => {
    expect((await postJson(`${url}/hangs`, '{}', 50)).kind).to.equal('failed');
  });
});

import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeClient } from '../kube-client.ts';
import { containerLog, linesBy } from './container-log.ts';
import type { ContainerLog, LogLine, LogQuery } from './container-log.ts';

/** How often a log that is followed is looked at. */
const FOLLOW_MS = 250;

/** Answers the API server in the place of every kubelet when it is asked for logs, with the certificate of the API server itself. */
export async function serveLogs(client: KubeClient, port: number, certDir: string): Promise<void> {
  const file = (name: string): Promise<Buffer> => readFile(join(certDir, name));
  const [cert, key] = await Promise.all([file('apiserver.crt'), file('apiserver.key')]);
  const server = createServer({ cert, key }, (request, response) => {
    void answer(client, new URL(request.url ?? '', 'https://kubelet'), response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

async function answer(client: KubeClient, { pathname, searchParams }: URL, response: ServerResponse): Promise<void> {
  const [, verb, namespace = '', name = '', container = ''] = pathname.split('/');
  if (verb !== 'containerLogs') return void response.writeHead(404).end();
  const query = queryOf(searchParams);
  const look = async (): Promise<ContainerLog | undefined> => {
    const { status, body } = await client.request('GET', `/api/v1/namespaces/${namespace}/pods/${name}`);
    return status === 200 ? containerLog(body, container, query) : undefined;
  };
  let log = await look();
  if (log === undefined) {
    return void response.writeHead(400).end(`container "${container}" in pod "${name}" is waiting to start`);
  }
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.flushHeaders();
  let untilMs = Date.now();
  write(response, linesBy(untilMs, log, query), query);
  while (searchParams.get('follow') === 'true' && !log.isOver && !response.destroyed) {
    await sleep(FOLLOW_MS);
    const fromMs = untilMs;
    log = await look();
    if (log === undefined) break;
    untilMs = Date.now();
    write(response, newLines(log, fromMs, untilMs), query);
  }
  response.end();
}

function newLines({ lines }: ContainerLog, fromMs: number, untilMs: number): readonly LogLine[] {
  return lines.filter(({ atMs }) => atMs > fromMs && atMs <= untilMs);
}

function write(response: ServerResponse, lines: readonly LogLine[], { timestamps }: LogQuery): void {
  for (const { atMs, text } of lines) {
    response.write(timestamps ? `${new Date(atMs).toISOString()} ${text}\n` : `${text}\n`);
  }
}

function queryOf(params: URLSearchParams): LogQuery {
  const seconds = params.get('sinceSeconds');
  const since = params.get('sinceTime');
  const tail = params.get('tailLines');
  return {
    previous: params.get('previous') === 'true',
    timestamps: params.get('timestamps') === 'true',
    sinceMs: seconds === null ? Date.parse(since ?? '') || 0 : Date.now() - Number(seconds) * 1_000,
    tailLines: tail === null ? Infinity : Number(tail),
  };
}

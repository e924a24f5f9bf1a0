import express from 'express';
import type { Express, NextFunction, Request, Response } from 'express';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExplainAnswer, ExplainQuestion } from '../../engine/cycle/explainer.ts';
import { answerExplain, readQuestion } from './explain-exchange.ts';

/** One thing that must hold before the process may be called ready. */
export interface ReadinessCheck {
  readonly name: string;
  /** Undefined when it holds, else why not. */
  readonly problem: () => string | undefined;
}

/** What the operations server shows. */
export interface OperationsServerOptions {
  /** Empty: every address of the machine. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Asked at each look: parts come up one after the other. */
  readonly checks: () => readonly ReadinessCheck[];
  /** The metrics in Prometheus' text form. */
  readonly metricsText: () => string | Promise<string>;
  readonly explain: (question: ExplainQuestion) => Promise<ExplainAnswer>;
}

/** A listening operations server. */
export interface OperationsServer {
  readonly port: number;
  stop(): Promise<void>;
}

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Serves /healthz, /readyz, /metrics and /explain over plain HTTP; rejects when the port is taken. */
export async function startOperationsServer(options: OperationsServerOptions): Promise<OperationsServer> {
  const server = createServer(createApp(options));
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(options.port, options.host, () => listening.resolve());
  await listening.promise;
  server.off('error', listening.reject);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async stop() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

function createApp(options: OperationsServerOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.get('/healthz', (_request, response) => sendText(response, 200, 'ok\n'));
  app.get('/readyz', (_request, response) => {
    const problems = options.checks().map(({ name, problem }) => ({ name, why: askSafely(problem) }));
    const isReady = problems.every(({ why }) => why === undefined);
    const lines = problems.map(({ name, why }) => (why === undefined ? `[+] ${name}\n` : `[-] ${name}: ${why}\n`));
    sendText(response, isReady ? 200 : 503, `${lines.join('')}${isReady ? 'ready' : 'not ready'}\n`);
  });
  app.get('/metrics', async (_request, response) => {
    try {
      response.set('Content-Type', METRICS_TYPE).send(await options.metricsText());
    } catch (error) {
      sendText(response, 500, `metrics cannot be shown: ${oneLine(error)}\n`);
    }
  });
  app.get('/explain', async (request, response) => {
    const question = readQuestion(request.url);
    if (question === undefined) {
      sendText(response, 400, 'namespace, name and uid of a PodGroup are needed\n');
      return;
    }
    await answerExplain(response, question, options.explain);
  });
  app.use((_request, response) => sendText(response, 404, 'try /healthz, /readyz, /metrics or /explain\n'));
  // Without it express answers a broken URL with a stack trace. It tells error handlers by their four parameters.
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    sendText(response, 400, `the request cannot be read: ${oneLine(error)}\n`);
  });
  return app;
}

function askSafely(problem: ReadinessCheck['problem']): string | undefined {
  try {
    return problem();
  } catch (error) {
    return `check failed: ${oneLine(error)}`;
  }
}

function oneLine(error: unknown): string {
  return String(error).replaceAll(/\s+/g, ' ');
}

function sendText(response: Response, status: number, text: string): void {
  response.status(status).type('text/plain').send(text);
}

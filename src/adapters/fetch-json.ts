import { readFile } from 'node:fs/promises';
import { Agent, fetch } from 'undici';
import type { Response } from 'undici';
import type { SourceTls } from '../config/metrics-source.ts';

/** What a question over HTTP brought; nothing is thrown. */
export type JsonAnswer =
  { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'failed'; readonly why: string };

/** One question and its limits. */
export interface JsonQuestion {
  readonly url: string;
  /** Absent: a GET. */
  readonly body?: string;
  /** For all of it, the last byte included. */
  readonly timeoutMs: number;
  readonly mostBytes: number;
  /** Absent: the authorities that the platform knows. */
  readonly tls?: SourceTls | undefined;
  /** Value of the header; absent: nobody in particular asks. */
  readonly authorization?: string | undefined;
}

/** Asks once, follows nobody elsewhere, and reads no more than so much. An answer with an error status fails. */
export async function fetchJson(question: JsonQuestion): Promise<JsonAnswer> {
  const { url, body, timeoutMs, mostBytes, authorization } = question;
  let agent: Agent | undefined;
  try {
    agent = await agentFor(question.tls);
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      body: body ?? null,
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(authorization === undefined ? {} : { authorization }),
      },
      ...(agent === undefined ? {} : { dispatcher: agent }),
    });
    const text = await bounded(response, mostBytes);
    if (!response.ok) return { kind: 'failed', why: `it answered with status ${response.status}` };
    return { kind: 'json', value: JSON.parse(text) as unknown };
  } catch (error) {
    return { kind: 'failed', why: reasonOf(error) };
  } finally {
    await agent?.destroy();
  }
}

/** The file is read each time: authorities change. */
async function agentFor(tls: SourceTls | undefined): Promise<Agent | undefined> {
  if (tls === undefined || (!tls.isUnchecked && tls.caFile === '')) return undefined;
  const ca = tls.caFile === '' ? {} : { ca: await readFile(tls.caFile, 'utf8') };
  return new Agent({ connect: { ...ca, rejectUnauthorized: !tls.isUnchecked } });
}

async function bounded({ body }: Response, mostBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Error(`the answer has more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The cause says more than `fetch failed`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

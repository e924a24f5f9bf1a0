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
}

/** Asks once, follows nobody elsewhere, and reads no more than so much. An answer with an error status fails. */
export async function fetchJson({ url, body, timeoutMs, mostBytes }: JsonQuestion): Promise<JsonAnswer> {
  try {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      body: body ?? null,
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    });
    const text = await bounded(response, mostBytes);
    if (!response.ok) return { kind: 'failed', why: `it answered with status ${response.status}` };
    return { kind: 'json', value: JSON.parse(text) as unknown };
  } catch (error) {
    return { kind: 'failed', why: reasonOf(error) };
  }
}

async function bounded({ body }: Response, mostBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
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

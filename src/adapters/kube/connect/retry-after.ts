const HEADER = 'retry-after';

/** Milliseconds that the server asks to wait; undefined when it does not. Kubernetes always sends whole seconds. */
export function retryAfterMs(headers: Readonly<Record<string, string | string[] | undefined>>): number | undefined {
  const value = headers[HEADER];
  const text = Array.isArray(value) ? value[0] : value;
  if (text === undefined || !/^\d{1,6}$/.test(text)) return undefined;
  return Number(text) * 1000;
}

/** All that is needed to reach an API server; plain data, so it can be posted to a worker thread. */
export interface Connection {
  /** Base URL without a slash at its end, for example `https://127.0.0.1:6443` or `https://proxy/clusters/one`. */
  readonly server: string;
  readonly caPem?: string | undefined;
  readonly certPem?: string | undefined;
  readonly keyPem?: string | undefined;
  /** Bearer token. */
  readonly token?: string | undefined;
  /** Further headers of each request, names and values in turn: a password, whom to act as. */
  readonly headers?: readonly string[] | undefined;
  /** Name expected in the server's certificate when it is not the host of `server`. */
  readonly serverName?: string | undefined;
  /** True: the server's certificate is not checked. */
  readonly insecure: boolean;
}

/** Gives the connection as it stands now; the same object as long as nothing changed. */
export interface ConnectionSource {
  current(): Connection;
  /** Reads the credentials again, whatever is cached; several calls at once cause one read. */
  refresh(): Promise<Connection>;
}

/** A connection that never changes. */
export function fixedConnection(connection: Connection): ConnectionSource {
  return { current: () => connection, refresh: () => Promise.resolve(connection) };
}

/** True when both open the same kind of socket, so that pooled sockets may live on. */
export function sameTransport(a: Connection, b: Connection): boolean {
  return (
    a.server === b.server &&
    a.caPem === b.caPem &&
    a.certPem === b.certPem &&
    a.keyPem === b.keyPem &&
    a.serverName === b.serverName &&
    a.insecure === b.insecure
  );
}

/** True when nothing differs. */
export function sameConnection(a: Connection, b: Connection): boolean {
  return sameTransport(a, b) && a.token === b.token && (a.headers ?? []).join('\n') === (b.headers ?? []).join('\n');
}

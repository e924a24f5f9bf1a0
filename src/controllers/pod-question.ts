/** A GET that a pod is asked to answer. */
export interface HttpQuestion {
  readonly path: string;
  /** Undefined for none. */
  readonly header: { readonly name: string; readonly value: string } | undefined;
}

/** Whether a pod takes connections at a port, or answers a GET there. */
export interface PodQuestion {
  /** Of the pod and all that is asked: its answer is remembered by this text. */
  readonly id: string;
  /** IP address of the pod alone. */
  readonly address: string;
  readonly port: number;
  /** Undefined where a connection is enough. */
  readonly http: HttpQuestion | undefined;
}

/** What a pod said when it was asked last. */
export interface PodAnswer {
  readonly isUp: boolean;
  /** When, milliseconds since 1970. */
  readonly atMs: number;
}

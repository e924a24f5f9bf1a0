import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import type { KubeClient } from '../../control-plane/kube-client.ts';
import { trustedPem } from '../../e2e/support/trusted-bundle.ts';

const EVERY_MS = 100;

/** New connections to a webhook server, judged as an API server judges them: by its bundle, and by the true time. */
export class Handshakes {
  /** Why a connection was refused. */
  readonly refused: string[] = [];
  count = 0;
  /** The least that a certificate had left to live, in ms. */
  leastLeftMs = Infinity;
  readonly #client: KubeClient;
  readonly #port: number;
  readonly #running: Promise<void>;
  #isOver = false;

  constructor(client: KubeClient, port: number) {
    this.#client = client;
    this.#port = port;
    this.#running = this.#shakeUntilOver();
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #shakeUntilOver(): Promise<void> {
    while (!this.#isOver) {
      const endMs = await endOfCertificate(this.#port, await trustedPem(this.#client));
      if (typeof endMs === 'string') this.refused.push(endMs);
      else this.leastLeftMs = Math.min(this.leastLeftMs, endMs - Date.now());
      this.count += 1;
      await sleep(EVERY_MS);
    }
  }
}

/** Of what is served there, or why nobody would trust it. */
function endOfCertificate(port: number, ca: string): Promise<number | string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost' }, () => {
      resolve(Date.parse(socket.getPeerCertificate().valid_to));
      socket.destroy();
    });
    socket.once('error', (error) => resolve(error.message));
  });
}

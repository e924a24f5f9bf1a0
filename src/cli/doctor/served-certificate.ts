import { connect } from 'node:tls';
import type { Read } from './facts.ts';

const TIMEOUT_MS = 5000;

/** The certificate that the server of an https URL serves, whoever has signed it; PEM. */
export function servedCertificate(url: string): Promise<Read<string>> {
  const { hostname, port, host } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replaceAll(/[[\]]/g, ''),
      port: Number(port || 443),
      rejectUnauthorized: false,
    });
    const end = (read: Read<string>): void => {
      socket.destroy();
      resolve(read);
    };
    socket.setTimeout(TIMEOUT_MS, () =>
      end({ kind: 'unread', why: `${host} does not answer within ${TIMEOUT_MS / 1000} s` }),
    );
    socket.once('error', (error) =>
      end({ kind: 'unread', why: `${host} cannot be reached from here: ${error.message}` }),
    );
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      end(
        certificate === undefined
          ? { kind: 'unread', why: `${host} serves no certificate` }
          : { kind: 'read', value: certificate.toString() },
      );
    });
  });
}

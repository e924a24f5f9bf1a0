import { request } from 'node:http';
import { BlockList, connect, isIP } from 'node:net';
import type { IPVersion } from 'node:net';
import type { PodProber } from '../engine/ports.ts';

type PodQuestion = Parameters<PodProber['ask']>[0];

/** A pod that is there answers in far less. */
const TIMEOUT_MS = 1000;

/** What no pod has of its own: this machine, its neighbours on the link, and groups of machines. */
const NOBODYS_OWN = {
  4: blockList('ipv4', ['0.0.0.0', 8], ['127.0.0.0', 8], ['169.254.0.0', 16], ['224.0.0.0', 3]),
  // The first is unspecified, loopback, and IPv4 in other clothes; so is the second.
  6: blockList('ipv6', ['::', 64], ['64:ff9b::', 96], ['fe80::', 10], ['ff00::', 8]),
};

/** One for each version: a list takes the addresses of the other for its own. */
function blockList(version: IPVersion, ...subnets: readonly (readonly [prefix: string, bits: number])[]): BlockList {
  const list = new BlockList();
  for (const [prefix, bits] of subnets) list.addSubnet(prefix, bits, version);
  return list;
}

/** True for an address that may be a pod's: names, and what every machine has, are not. */
export function mayBePod(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !NOBODYS_OWN[4].check(address, 'ipv4');
  return version === 6 && !NOBODYS_OWN[6].check(address, 'ipv6');
}

/**
 * Asks pods by their address: no name is looked up, no redirect followed, no body read, and nothing but yes or no comes of it.
 * An answer later than `timeoutMs` is none.
 */
export function createPodProber(timeoutMs = TIMEOUT_MS, mayAsk = mayBePod): PodProber {
  return {
    ask: (question) => {
      if (!mayAsk(question.address)) return Promise.resolve(false);
      return question.http === undefined ? takesConnection(question, timeoutMs) : answersGet(question, timeoutMs);
    },
  };
}

function takesConnection({ address, port }: PodQuestion, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const socket = connect({ host: address, port, signal });
    socket.once('connect', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
  });
}

function answersGet({ address, port, http }: PodQuestion, timeoutMs: number): Promise<boolean> {
  const { path = '/', header } = http ?? {};
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const headers = { 'user-agent': 'sluice', ...(header === undefined ? {} : { [header.name]: header.value }) };
    try {
      const get = request({ host: address, port, path, headers, signal, agent: false });
      get.once('response', ({ statusCode = 0 }) => {
        resolve(statusCode >= 200 && statusCode < 400);
        get.destroy();
      });
      get.on('error', () => resolve(false));
      get.end();
    } catch {
      // A path or header that HTTP cannot say, of an object from before it was looked at.
      resolve(false);
    }
  });
}

import { isIP } from 'node:net';
import type { ServedNames } from '../../engine/certificates/certificate-maker.ts';
import { serviceName } from '../webhook-configurations.ts';
import type { ServeOptions } from './serve-options.ts';

/** Of IPv4 and IPv6, where the machine has both. */
export const EVERY_ADDRESS = '';

/** A URL on loopback is for an API server on this machine: nobody else gets to speak to us then. */
export function listenAddress({ webhookUrl }: ServeOptions): string {
  if (webhookUrl?.hostname === '[::1]') return '::1';
  return webhookUrl !== undefined && /^(127\..*|localhost)$/.test(webhookUrl.hostname) ? '127.0.0.1' : EVERY_ADDRESS;
}

/** The name that the API server dials: a certificate of somebody else has to cover it, and no other. */
export function dialledNames(options: ServeOptions): ServedNames {
  const { namespace, webhookUrl } = options;
  if (webhookUrl === undefined) return { dnsNames: [`${serviceName(options)}.${namespace}.svc`], ipAddresses: [] };
  const host = webhookUrl.hostname.replaceAll(/[[\]]/g, '');
  return isIP(host) === 0 ? { dnsNames: [host], ipAddresses: [] } : { dnsNames: [], ipAddresses: [host] };
}

/** Names under which the API server reaches the webhooks, and people who try. */
export function servedNames(options: ServeOptions): ServedNames {
  const { namespace, webhookUrl } = options;
  const name = serviceName(options);
  const service = `${name}.${namespace}`;
  const dnsNames = [`${service}.svc`, `${service}.svc.cluster.local`, service, name, 'localhost'];
  const host = webhookUrl?.hostname ?? '127.0.0.1';
  const isAddress = /^[\d.]+$/.test(host) || host.startsWith('[');
  return {
    dnsNames: isAddress ? dnsNames : [...dnsNames, host],
    ipAddresses: isAddress ? [...new Set([host.replaceAll(/[[\]]/g, ''), '127.0.0.1'])] : ['127.0.0.1'],
  };
}

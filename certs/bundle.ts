import { X509Certificate } from 'node:crypto';

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';
/** Real certificates stay under 8 KiB; the limit keeps hostile PEM from costing parse time. */
const MAX_CERTIFICATE_CHARS = 65_536;

/** The first certificate of a PEM text, or undefined when it cannot be read. */
export function readCertificate(pem: string): X509Certificate | undefined {
  const [first] = splitBundle(pem);
  return first === undefined ? undefined : parseOne(first);
}

/** The certificates of a PEM bundle in order; what cannot be read is left out. */
export function parseBundle(pem: string): readonly X509Certificate[] {
  return splitBundle(pem)
    .map(parseOne)
    .filter((certificate) => certificate !== undefined);
}

/** Each entry of the webhook configurations carries them all, and an object has a megabyte. */
const MOST_AUTHORITIES = 8;

/**
 * One PEM text of all certificates that are readable and distinct; first come, first kept, and of very many the first. Dates
 * are not looked at: a clock that is wrong for a while must not take trust away.
 */
export function composeBundle(pems: readonly string[]): string {
  const kept = new Map<string, string>();
  for (const certificate of pems.flatMap(parseBundle)) {
    if (kept.size < MOST_AUTHORITIES && !kept.has(certificate.fingerprint256))
      kept.set(certificate.fingerprint256, certificate.toString());
  }
  return [...kept.values()].join('');
}

/** Linear in the text: a pattern with a lazy body would rescan a bundle that lacks its END lines. */
function splitBundle(pem: string): readonly string[] {
  const blocks: string[] = [];
  let from = pem.indexOf(BEGIN);
  while (from >= 0) {
    const end = pem.indexOf(END, from);
    if (end < 0) break;
    blocks.push(pem.slice(from, end + END.length));
    from = pem.indexOf(BEGIN, end);
  }
  return blocks;
}

function parseOne(pem: string): X509Certificate | undefined {
  if (pem.length > MAX_CERTIFICATE_CHARS) return undefined;
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

const MEBIBYTES: Readonly<Record<string, number>> = { k: 1 / 1024, m: 1, g: 1024, t: 1024 * 1024 };
const JVM_SIZE = /^(\d{1,9})(k|m|g|t)?b?$/;

/** A size as the JVM writes it (`512m`, `4g`), in MiB; a bare number counts MiB. Undefined for anything else. */
export function jvmMebibytes(text: string | undefined): number | undefined {
  const found = JVM_SIZE.exec((text ?? '').toLowerCase());
  return found === null ? undefined : Math.ceil(Number(found[1]) * (MEBIBYTES[found[2] ?? 'm'] ?? 1));
}

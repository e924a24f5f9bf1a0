import type { JsonObject } from '../../lib/json.ts';
import { atCluster } from '../cluster/at-cluster.ts';
import { userTarget } from '../cluster/cluster-access.ts';
import type { ClusterAccess, ClusterTarget } from '../cluster/cluster-access.ts';
import { Objects } from '../cluster/objects.ts';
import { SetupError } from '../setup-error.ts';
import { GET_FORMATS } from './get-format.ts';
import { getOutput } from './get-output.ts';
import type { GetFormat } from './get-format.ts';
import { LISTED_KINDS, listedKind } from './listed-kind.ts';
import type { ListedKind } from './listed-kind.ts';

/** The options of `sluice get` as the command line gives them. */
export interface RawGetOptions extends ClusterTarget {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly output: string;
}

/** Prints objects of a kind, or one; resolves with the exit code: 1 when the cluster has another answer, 2 for a wrong option. */
export async function get(kindName: string, name: string | undefined, raw: RawGetOptions): Promise<number> {
  const kind = listedKind(kindName);
  const format = GET_FORMATS.find((one) => one === raw.output);
  if (kind === undefined)
    return failed(2, `${kindName} is none of ${LISTED_KINDS.map(({ names }) => names[0]).join(', ')}`);
  if (format === undefined) return failed(2, `--output takes ${GET_FORMATS.join(', ')}`);
  if (name !== undefined && raw.allNamespaces === true)
    return failed(2, 'a name and --all-namespaces exclude each other');
  try {
    console.log(
      await atCluster(userTarget(raw), (access, nowMs) => told(access, kind, name, { ...raw, format }, nowMs)),
    );
    return 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return failed(1, error.message);
  }
}

async function told(
  { writer, credentials }: ClusterAccess,
  kind: ListedKind,
  name: string | undefined,
  { namespace, allNamespaces: isWide = false, format }: RawGetOptions & { readonly format: GetFormat },
  nowMs: number,
): Promise<string> {
  const objects = new Objects(writer);
  const place = !kind.type.namespaced || isWide ? '' : (namespace ?? credentials.namespace);
  const found: readonly JsonObject[] =
    name === undefined
      ? await objects.list(kind.type, place)
      : [await objects.get({ type: kind.type, namespace: place, name })];
  const isTable = format === 'table' || format === 'wide';
  if (found.length === 0 && isTable)
    return kind.type.namespaced && !isWide ? `No resources found in ${place} namespace.` : 'No resources found';
  return getOutput(kind, found, name !== undefined, { format, nowMs, tellsNamespace: isWide && kind.type.namespaced });
}

function failed(code: number, message: string): number {
  console.error(`sluice get: ${message}`);
  return code;
}

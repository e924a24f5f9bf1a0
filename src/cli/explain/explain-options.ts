import type { ClusterTarget } from '../cluster/cluster-access.ts';

/** The options of `sluice explain` as the command line gives them. */
export interface RawExplainOptions extends ClusterTarget {
  readonly namespace?: string;
  readonly output: string;
  readonly sluiceNamespace: string;
  readonly allNamespaces?: boolean;
}

/** What is asked about: an object that names its group, or one of any other kind that groups are made for. */
export type ExplainTarget =
  | { readonly kind: 'podgroup' | 'job' | 'pod'; readonly name: string }
  | { readonly kind: 'owner'; readonly word: string; readonly name: string };

/** Checked options of `sluice explain`. */
export interface ExplainOptions {
  readonly cluster: ClusterTarget;
  /** Undefined: that of the context. */
  readonly namespace: string | undefined;
  readonly target: ExplainTarget;
  readonly output: 'text' | 'json';
  readonly sluiceNamespace: string;
  /** Names of groups of all namespaces that the asker may list are told. */
  readonly isWide: boolean;
}

const KINDS: Readonly<Record<string, Exclude<ExplainTarget['kind'], 'owner'>>> = {
  podgroup: 'podgroup',
  podgroups: 'podgroup',
  pg: 'podgroup',
  job: 'job',
  jobs: 'job',
  pod: 'pod',
  pods: 'pod',
  po: 'pod',
};

/** The options, or one sentence on what is wrong with them. */
export function readExplainOptions(what: string, raw: RawExplainOptions): ExplainOptions | string {
  const target = readTarget(what);
  if (target === undefined)
    return `${JSON.stringify(what)} is not PODGROUP, podgroup/NAME, pod/NAME, job/NAME or KIND/NAME`;
  if (raw.output !== 'text' && raw.output !== 'json') return '--output takes text or json';
  return {
    cluster: raw,
    namespace: raw.namespace,
    target,
    output: raw.output,
    sluiceNamespace: raw.sluiceNamespace,
    isWide: raw.allNamespaces === true,
  };
}

function readTarget(what: string): ExplainTarget | undefined {
  const [kind = '', name, ...rest] = what.split('/');
  if (name === undefined) return kind === '' ? undefined : { kind: 'podgroup', name: kind };
  if (kind === '' || name === '' || rest.length > 0) return undefined;
  const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  return known === undefined ? { kind: 'owner', word: kind, name } : { kind: known, name };
}

import type { ResourceType } from '../src/api/resources.ts';
import type { AdmissionRequest, AdmitFn, AskFn, Operation } from './admission.ts';
import type { Condition } from './conditions.ts';
import { NO_ANSWERS } from './question.ts';
import { rightQuestion, underRights } from './rights/right.ts';
import type { Right, RightsFn } from './rights/right.ts';

/** One row of the registry table: what the API server is told to send and when, who answers, and what the answer needs. */
export interface AdmissionRow {
  /** Unique; the row is asked under `/<phase>/<id>`. */
  readonly id: string;
  /**
   * The entry of the configurations that sends its requests, `<entry>.sluice.dev`: the row's own, or one that rows share which
   * differ in nothing but what they are about.
   */
  readonly entry: string;
  /** `mutate` rows for one object run in table order on one working copy; `validate` rows all run. */
  readonly phase: 'mutate' | 'validate';
  readonly group: string;
  readonly version: string;
  /** With its subresource: `pods/binding`. */
  readonly resource: string;
  readonly operations: readonly Operation[];
  readonly scope: 'Namespaced' | 'Cluster';
  /** Namespaces that opted in, all others, or all; Sluice's own and the control plane's are never among them. */
  readonly selector: 'optedIn' | 'others' | 'everywhere';
  /** The API server sends only what satisfies all of these; it looks at one after the other until one does not hold. */
  readonly when: readonly Condition[];
  /** What happens when nobody answers, or we fail inside: what the operator declared, or always "let it pass". */
  readonly failureMode: 'declared' | 'allow';
  /** How long the API server waits. */
  readonly timeoutSeconds: number;
  /** What Sluice itself does most: its own requests are not even sent, whoever it is to this API server. */
  readonly isOwnTask: boolean;
  /** Kinds that the row looks up in the view: they are watched, and readiness waits for them. */
  readonly reads: readonly ResourceType[];
  /** What has to be found out before the row can be asked; rows without it are answered at once. */
  readonly ask: AskFn | undefined;
  readonly admit: AdmitFn;
}

/** What a row says of itself; the rest follows from its phase and type. */
export type RowParts = Pick<AdmissionRow, 'id' | 'phase' | 'operations' | 'admit'> &
  Partial<
    Pick<AdmissionRow, 'entry' | 'selector' | 'when' | 'failureMode' | 'timeoutSeconds' | 'isOwnTask' | 'reads' | 'ask'>
  > & {
    readonly type: ResourceType;
    readonly subresource?: string;
    /** The rights that a request takes of its user: they are asked about, and without them it is refused. */
    readonly rights?: RightsFn;
  };

/** Mutators stand in the way of a user's create; a validator of rare objects may take longer. */
const TIMEOUT_SECONDS = { mutate: 3, validate: 5 } as const;

export function admissionRow({ type, subresource, rights, ...parts }: RowParts): AdmissionRow {
  const { group, version, plural, namespaced } = type;
  return Object.freeze({
    entry: parts.id,
    scope: namespaced ? 'Namespaced' : 'Cluster',
    selector: namespaced ? 'optedIn' : 'everywhere',
    when: [],
    failureMode: 'declared',
    timeoutSeconds: TIMEOUT_SECONDS[parts.phase],
    isOwnTask: false,
    reads: [],
    ask: undefined,
    ...parts,
    ...(rights && withRights(rights, parts)),
    group,
    version,
    resource: subresource === undefined ? plural : `${plural}/${subresource}`,
  });
}

/** Weighed twice, and read from the object once: what is asked about is what the answers are for. */
function withRights(
  rights: RightsFn,
  { ask, admit }: Pick<RowParts, 'ask' | 'admit'>,
): Pick<AdmissionRow, 'ask' | 'admit'> {
  const latest = new WeakMap<AdmissionRequest, readonly Right[]>();
  const rightsOf: RightsFn = (request, view) => {
    const known = latest.get(request) ?? rights(request, view);
    latest.set(request, known);
    return known;
  };
  return {
    ask: (request, view) => [...(ask?.(request, view) ?? []), ...rightsOf(request, view).map(rightQuestion)],
    admit: (request, view, answers = NO_ANSWERS) =>
      underRights(admit(request, view, answers), rightsOf(request, view), request, view, answers),
  };
}

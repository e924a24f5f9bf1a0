import type { OfflineUser } from './offline-user.ts';
import { createHash } from 'node:crypto';
import { createSystemClock } from '../../adapters/clock.ts';
import type { ResourceType } from '../../api/resources.ts';
import { createAdmission } from '../../engine/admission/admission.ts';
import type { Admission } from '../../engine/admission/admission.ts';
import type { Denial } from '../../engine/admission/admission-answer.ts';
import type { Metrics } from '../../engine/ports.ts';
import { isJsonObject, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { applyPatch } from '../../lib/json-patch-apply.ts';
import type { PatchOperation } from '../../lib/json-patch.ts';
import type { AdmissionRequest } from '../../../webhooks/admission.ts';
import type { AdmissionRow } from '../../../webhooks/row.ts';
import type { OfflineCluster } from './offline-cluster.ts';
import { whyNotAsked } from './row-match.ts';

/** What somebody writes. */
export interface OfflineWrite {
  readonly type: ResourceType;
  readonly object: JsonObject;
  /** What is stored; undefined for a new object. */
  readonly oldObject: JsonObject | undefined;
  readonly user: OfflineUser;
}

/** What became of it. */
export interface OfflineVerdict {
  /** As it would be stored, or as far as it came before it was refused. */
  readonly object: JsonObject;
  readonly patch: readonly PatchOperation[];
  readonly warnings: readonly string[];
  readonly denial: Denial | undefined;
  /** Rows that were asked; none when the API server would not ask. */
  readonly rows: readonly string[];
  /** Why rows about this kind were not asked. */
  readonly notAsked: readonly string[];
  /** What nobody can tell without an API server, so the verdict may be another one there. */
  readonly unanswered: readonly string[];
}

const NO_METRICS: Metrics = { count: nothing, gauge: nothing, observe: nothing, drop: nothing };
const NO_LOG = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {}

/** Asks all rows that the API server would ask, by the code that the webhooks run. */
export async function reviewOffline(write: OfflineWrite, cluster: OfflineCluster): Promise<OfflineVerdict> {
  const admission = createAdmission({
    table: cluster.rows,
    view: cluster.view,
    questions: cluster.questions,
    metrics: NO_METRICS,
    log: NO_LOG,
    clock: createSystemClock(),
    failureMode: 'deny',
  });
  cluster.takeUnanswered();
  const walk = new Walk(admission, cluster, requestOf(write));
  await walk.through('mutate');
  await walk.through('validate');
  return { ...walk.verdict(), unanswered: cluster.takeUnanswered() };
}

/** One write on its way through the rows. */
class Walk {
  readonly #admission: Admission;
  readonly #cluster: OfflineCluster;
  #request: AdmissionRequest;
  #denial: Denial | undefined;
  readonly #patch: PatchOperation[] = [];
  readonly #warnings: string[] = [];
  readonly #rows: string[] = [];
  readonly #notAsked: string[] = [];

  constructor(admission: Admission, cluster: OfflineCluster, request: AdmissionRequest) {
    this.#admission = admission;
    this.#cluster = cluster;
    this.#request = request;
  }

  async through(phase: AdmissionRow['phase']): Promise<void> {
    for (const row of this.#cluster.rows) {
      if (this.#denial !== undefined || row.phase !== phase || !isAbout(row, this.#request)) continue;
      const why = whyNotAsked(row, this.#request, this.#cluster.labelsOf(this.#request.namespace));
      if (why === undefined) await this.#ask(row);
      else this.#notAsked.push(`${row.id}: ${why}`);
    }
  }

  verdict(): Omit<OfflineVerdict, 'unanswered'> {
    return {
      object: this.#request.object ?? {},
      patch: this.#patch,
      warnings: [...new Set(this.#warnings)],
      denial: this.#denial,
      rows: this.#rows,
      notAsked: this.#notAsked,
    };
  }

  async #ask(row: AdmissionRow): Promise<void> {
    const answer = await this.#admission.review(row.phase, this.#request, { rowId: row.id });
    this.#rows.push(row.id);
    this.#warnings.push(...answer.warnings);
    this.#denial = answer.denial;
    if (answer.patch.length === 0 || this.#request.object === undefined) return;
    const object = applyPatch(this.#request.object, answer.patch);
    if (!isJsonObject(object)) throw new Error(`Cannot apply the patch of ${row.id}`);
    this.#request = { ...this.#request, object };
    this.#patch.push(...answer.patch);
  }
}

function isAbout(row: AdmissionRow, { group, version, resource, operation }: AdmissionRequest): boolean {
  return (
    row.group === group && row.version === version && row.resource === resource && row.operations.includes(operation)
  );
}

/** The review's request. */
export function requestOf({ type, object, oldObject, user }: OfflineWrite): AdmissionRequest {
  const namespace = type.namespaced ? stringAt(object, ['metadata', 'namespace']) : '';
  const name = stringAt(object, ['metadata', 'name']);
  return {
    uid: uidOf(`${type.plural}.${type.group}/${namespace}/${name}`),
    group: type.group,
    version: type.version,
    resource: type.plural,
    subresource: '',
    operation: oldObject === undefined ? 'CREATE' : 'UPDATE',
    namespace,
    name,
    username: user.name,
    userGroups: user.groups,
    userUid: '',
    userExtra: {},
    object,
    oldObject,
    dryRun: true,
  };
}

/** The same for the same object, so that names with nonces can be written down as expected. */
function uidOf(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}

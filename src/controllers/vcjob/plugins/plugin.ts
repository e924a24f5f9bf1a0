import type { AccessRule } from '../../../api/access.ts';
import type { ResourceType } from '../../../api/resources.ts';
import type { PluginArguments, PluginName } from '../../../api/vcjob-plugins/plugin-flags.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { KeyPairPlaces } from '../../effect.ts';

/** What a plugin sees of a task. */
export interface PluginTask {
  readonly name: string;
  readonly replicas: number;
  /** What the template says; empty when it says nothing. */
  readonly hostname: string;
  readonly subdomain: string;
}

/** What a plugin sees of the job that names it. */
export interface PluginJob {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly tasks: readonly PluginTask[];
}

/** Which pod of the job it is. */
export interface PodPlace {
  readonly task: string;
  /** From 0, within the task. */
  readonly index: number;
}

/** An object that the job owns because of a plugin, without owner and namespace. */
export interface PluginObject {
  readonly type: ResourceType;
  readonly name: string;
  readonly body: JsonObject;
  /** What is in the body tells of the job's hosts, and is written anew when there are more or fewer of them. */
  readonly followsHosts?: boolean;
  /** Nobody knows them before, so they are no part of the body. */
  readonly keyPair?: KeyPairPlaces;
}

/**
 * A plugin of Volcano's Job: pure, and without a memory. What users say in a template stays: entries are added, and what
 * is there under the same name, path or number already is left as it is, except where it says that it is not.
 */
export interface JobPlugin<N extends PluginName> {
  readonly name: N;
  /** Rights that its objects need. */
  readonly access: readonly AccessRule[];
  /** Made before the first pod. */
  readonly objects: (this: void, job: PluginJob, args: PluginArguments<N>) => readonly PluginObject[];
  /** The pod with what the plugin adds; the pod has its name, labels and annotations already. */
  readonly onPod: (
    this: void,
    pod: JsonObject,
    place: PodPlace,
    job: PluginJob,
    args: PluginArguments<N>,
  ) => JsonObject;
}

import type { ServingNames } from '../../../certs/serving.ts';
import type { CertificateView } from '../../engine/certificates/certificate-view.ts';
import type { JsonObject } from '../../lib/json.ts';

/** What was read: an object or a list, nothing where there is none, or why it could not be read. */
export type Read<T> = { readonly kind: 'read'; readonly value: T } | { readonly kind: 'unread'; readonly why: string };

/** A CustomResourceDefinition that should be there. */
export interface DefinitionFact {
  readonly name: string;
  readonly wanted: JsonObject;
  readonly found: JsonObject | undefined;
}

/** A webhook configuration, ours or one that looks like Volcano's. */
export interface ConfigurationFact {
  readonly kind: string;
  readonly object: JsonObject;
}

/** By what the webhooks serve. */
export interface ServedFact {
  readonly certificatePem: string;
  /** Key and authority, where a Secret holds them; empty where only the server was asked. */
  readonly privateKeyPem: string;
  readonly bundlePem: string;
  /** Under which names the API server calls. */
  readonly names: ServingNames;
}

/** What the API server said to an object that Sluice has to look at, created on trial only. */
export type TrialFact = { readonly kind: 'admitted' } | { readonly kind: 'refused'; readonly message: string };

/** A Deployment of the manifests, and what its pods may not do of what their command line takes. */
export interface DeploymentFact {
  readonly object: JsonObject;
  readonly namespace: string;
  readonly account: string;
  /** Writes, as all do that are not told to read only. */
  readonly writes: boolean;
  /** `create pods/binding`; what could not be asked is unread. */
  readonly lacks: Read<readonly string[]>;
}

/** What runs in the cluster itself; nothing where Sluice runs beside it. */
export interface InstallationFact {
  readonly deployments: readonly DeploymentFact[];
  /** Services that the webhook configurations name and that lead to no ready pod. */
  readonly deadServices: readonly string[];
  /** Its requests have seats of their own at the API server. */
  readonly hasFlowSchema: boolean;
}

/** Everything that a diagnosis is made from. */
export interface Facts {
  readonly server: string;
  /** Namespace of Sluice's own objects. */
  readonly namespace: string;
  /** By the API server's clock, milliseconds since 1970. */
  readonly nowMs: number;
  /** How far the clock of this machine is ahead, in milliseconds. */
  readonly skewMs: number;
  /** Of Kubernetes 1, that of the API server. */
  readonly release: Read<number>;
  /** What the API server serves of named groups. */
  readonly groupVersions: Read<ReadonlySet<string>>;
  readonly definitions: Read<readonly DefinitionFact[]>;
  readonly configurations: Read<readonly ConfigurationFact[]>;
  readonly served: Read<ServedFact>;
  /** Undefined: the webhook configurations name no Certificate of cert-manager. */
  readonly certManager: Read<CertificateView | undefined>;
  readonly trial: Read<TrialFact>;
  readonly installation: Read<InstallationFact>;
  readonly lease: Read<JsonObject | undefined>;
  /** The Secret with the keys that submitters are signed with. */
  readonly submitterKeys: Read<JsonObject | undefined>;
  /** Deployments in the namespace of Volcano. */
  readonly volcano: Read<readonly JsonObject[]>;
  readonly namespaces: Read<readonly JsonObject[]>;
  readonly nodes: Read<readonly JsonObject[]>;
  readonly queues: Read<readonly JsonObject[]>;
}

/** Where Volcano's chart puts its objects. */
export const VOLCANO_NAMESPACE = 'volcano-system';

/** Names of the objects that Volcano's chart installs for a release. */
export interface VolcanoRelease {
  readonly schedulerConfigMap: string;
  readonly admissionConfigMap: string;
  readonly controllerConfigMap: string;
  readonly shardingConfigMap: string;
  /** Where the API server reaches the webhooks. */
  readonly admissionService: string;
  /** What the server of the webhooks mounts: it does not start without. */
  readonly admissionSecret: string;
}

/** The names for a release. */
export function volcanoRelease(release: string): VolcanoRelease {
  return {
    schedulerConfigMap: `${release}-scheduler-configmap`,
    admissionConfigMap: `${release}-admission-configmap`,
    controllerConfigMap: `${release}-controller-configmap`,
    shardingConfigMap: `${release}-sharding-configmap`,
    admissionService: `${release}-admission-service`,
    admissionSecret: `${release}-admission-secret`,
  };
}

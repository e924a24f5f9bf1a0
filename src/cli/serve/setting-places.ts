/** A ConfigMap of Volcano's chart, by its place. */
export interface ConfigMapPlace {
  readonly namespace: string;
  readonly name: string;
}

/** Where the settings of controllers stand. */
export interface SettingPlaces {
  readonly sharding: ConfigMapPlace;
  readonly discovery: ConfigMapPlace;
}

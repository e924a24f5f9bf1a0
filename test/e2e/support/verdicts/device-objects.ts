/** A ResourceSlice as it is sent to the API server. */
export interface SliceObject {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly driver: string;
    readonly pool: { readonly name: string; readonly generation: number; readonly resourceSliceCount: number };
    readonly nodeName?: string;
    readonly devices?: readonly DeviceObject[];
    readonly sharedCounters?: readonly object[];
  };
}

export interface DeviceObject {
  readonly name: string;
  readonly attributes?: object;
  readonly capacity?: object;
  readonly consumesCounters?: readonly object[];
  readonly taints?: readonly object[];
  readonly allowMultipleAllocations?: boolean;
}

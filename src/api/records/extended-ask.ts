/** What one container of a pod asks for of one resource that a DeviceClass may serve. */
export interface ExtendedAsk {
  readonly container: string;
  /** Among all containers of the pod, those of its start before the others. */
  readonly position: number;
  /** It ends before the pod's containers start: those may have its devices afterwards. */
  readonly isShort: boolean;
  readonly resource: string;
  /** Place of the resource among the sorted names that the container asks for. */
  readonly at: number;
  /** At least 1. */
  readonly count: number;
}

/** Of pods that ask for none: one list for all of them. */
export const NO_EXTENDED_ASKS: readonly ExtendedAsk[] = [];

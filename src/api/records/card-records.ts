import type { MigGeometry } from '../cards/mig-geometries.ts';

/**
 * Who manages the cards of a node, and so how they are asked for: Volcano's vGPUs (`volcano.sh/vgpu-number` and its kin), or
 * its older sharing by memory or by whole cards (`volcano.sh/gpu-memory`, `volcano.sh/gpu-number`).
 */
export type CardScheme = 'vgpu' | 'share';

/** One card of a node, as its device plugin tells it. */
export interface CardRecord {
  /** UUID of a vGPU card; index of a shared one, `0`, `1` and so on. */
  readonly id: string;
  /** In the unit in which pods ask: MiB, unless the device plugin was given a factor. */
  readonly memory: number;
  /** How many containers may share it. */
  readonly sharers: number;
  /** In capitals, such as `NVIDIA-NVIDIA A100-PCIE-40GB`; empty where nobody tells. */
  readonly type: string;
  readonly isHealthy: boolean;
  /** In which ways the hardware may cut it, as the scheduler knows them: none where nobody says. Absent: it is not cut, and parts have any size. */
  readonly geometries?: readonly MigGeometry[];
}

export interface NodeCards {
  readonly scheme: CardScheme;
  /** How vGPUs are kept apart (`hami-core`, `mig`); empty for shared cards. */
  readonly mode: string;
  readonly cards: readonly CardRecord[];
}

/** What one container asks of each of some different cards. */
export interface CardRequest {
  /** Of cards; 0: the container asks for none. */
  readonly count: number;
  /** 0: as much as `percent` says. */
  readonly memory: number;
  /** Of a card's memory. */
  readonly percent: number;
  /** Of 100. Who asks for 100 has the card alone. */
  readonly cores: number;
}

/** What a pod asks of cards; one object for pods that ask for the same. */
export interface CardWish {
  /** Equal texts for equal wishes. */
  readonly key: string;
  readonly scheme: CardScheme;
  /** Whether memory of shared cards is asked for, whole ones, or vGPUs. */
  readonly by: 'memory' | 'number' | 'vgpu';
  /** In the order of the pod's containers; of shared cards one for the whole pod. */
  readonly requests: readonly CardRequest[];
  /** Upper-case texts of which one is part of the card's type; empty: any type. */
  readonly types: readonly string[];
  /** The same for types that will not do; only looked at without `types`. */
  readonly otherTypes: readonly string[];
  /** The node's mode has to be this one; empty: any. */
  readonly mode: string;
  /** Of a pod of which the scheduler's configuration says that it shares no card with others of that kind. */
  readonly isExclusive?: true;
}

/** One of the parts that the hardware cuts a card into. */
export interface CardInstance {
  /** The geometry. */
  readonly group: string;
  /** Among all instances of the geometry. */
  readonly position: number;
}

/** What somebody has of one card; he counts as one sharer. */
export interface CardPart {
  /** Its id. */
  readonly card: string;
  /** Of a card that is cut: all of the instance's. */
  readonly memory: number;
  readonly cores: number;
  /** Absent: the card is not cut. */
  readonly instance?: CardInstance;
}

/** Which parts each container has, in the order of `CardWish.requests`. */
export type CardChoice = readonly (readonly CardPart[])[];

export interface PodCards {
  readonly wish: CardWish | undefined;
  /** What its annotations say that it has; empty before it is bound, and when they cannot be read. */
  readonly held: CardChoice;
}

import type { ClaimTemplateRecord } from '../../../api/records/claim-template-record.ts';
import type {
  DeviceClaimRecord,
  DeviceClassRecord,
  DeviceTaintRuleRecord,
  SliceRecord,
} from '../../../api/records/device-records.ts';
import type { DeviceFacts } from '../../../scheduler/claims/device-facts.ts';
import type { ChangeHandler } from '../../ports.ts';
import { factHandler } from '../fact-handler.ts';
import type { FactListener } from '../fact-handler.ts';

interface DeviceFeedOptions {
  readonly facts: DeviceFacts;
  /** A kind was listed, or changed so that a decision may be another one. */
  readonly seen: (kind: string, isNews: boolean) => void;
  /** The claim is another one now, or gone. */
  readonly onClaim: (claim: DeviceClaimRecord | undefined, key: string) => void;
  readonly onSlice: (slice: SliceRecord | undefined, name: string) => void;
}

/** What the watches of devices and of claims for them show goes into the snapshot, and to who waits for claims. */
export class DeviceFeed {
  readonly onSlices: ChangeHandler<SliceRecord>;
  readonly onClasses: ChangeHandler<DeviceClassRecord>;
  readonly onClaims: ChangeHandler<DeviceClaimRecord>;
  readonly onTaintRules: ChangeHandler<DeviceTaintRuleRecord>;
  readonly onTemplates: ChangeHandler<ClaimTemplateRecord>;

  constructor({ facts, seen, onClaim, onSlice }: DeviceFeedOptions) {
    const told = <T>(kind: string): FactListener<T> => ({
      seen: (isNews) => seen(kind, isNews),
      onChange: () => undefined,
    });
    this.onSlices = factHandler(facts.slices, ({ name }) => name, { ...told('resourceslices'), onChange: onSlice });
    this.onClasses = factHandler(facts.classes, ({ name }) => name, told('deviceclasses'));
    this.onTaintRules = factHandler(facts.taintRules, ({ name }) => name, told('devicetaintrules'));
    // Who waits does so for the claim itself.
    const templatesSeen = { seen: () => seen('resourceclaimtemplates', false), onChange: () => undefined };
    this.onTemplates = factHandler(facts.templates, ({ key }) => key, templatesSeen);
    this.onClaims = factHandler(facts.claims, ({ key }) => key, { ...told('resourceclaims'), onChange: onClaim });
  }
}

/** Kinds that it has to have listed before anything is decided. */
export const DEVICE_KINDS = 5;

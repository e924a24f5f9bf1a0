import { expect } from 'chai';
import fc from 'fast-check';
import { HmacSubmitterKeys, newSubmitterKey } from '../../src/adapters/submitter-keys.ts';
import type { ClaimedObject } from '../../src/api/submitter-claim.ts';
import { isSignedPlan, isSignedTemplate, planClaim, templateClaim } from '../../src/api/submitter-claim.ts';
import { ManualClock } from '../support/manual-clock.ts';

const NOW_MS = Date.UTC(2030, 0, 1);
const [OLD, NEW] = [newSubmitterKey(), newSubmitterKey()];

describe('keys of submitters', () => {
  it('are 32 bytes as text, another each time', () => {
    expect(Buffer.from(OLD, 'base64url')).to.have.length(32);
    expect(OLD).to.not.equal(NEW);
  });

  it('sign by one, and verify by all that are known', () => {
    const clock = new ManualClock(NOW_MS);
    const keys = new HmacSubmitterKeys({ signer: 'old', keys: new Map([['old', OLD]]) }, clock);
    const before = keys.sign('claim') ?? '';
    expect(before).to.match(/^old\.1893456000\.[\w-]{43}$/);
    const both = new Map([
      ['old', OLD],
      ['new', NEW],
    ]);
    keys.use({ signer: 'new', keys: both });
    const after = keys.sign('claim', before) ?? '';
    expect(after).to.match(/^new\./);
    expect([before, after].map((one) => keys.signedMs('claim', one))).to.deep.equal([NOW_MS, NOW_MS]);
    keys.use({ signer: 'new', keys: new Map([['new', NEW]]) });
    expect([before, after].map((one) => keys.signedMs('claim', one))).to.deep.equal([undefined, NOW_MS]);
  });

  it('give the signature of a moment ago again, and no older one, of no other claim', () => {
    const clock = new ManualClock(NOW_MS);
    const keys = new HmacSubmitterKeys({ signer: 'k', keys: new Map([['k', OLD]]) }, clock);
    const first = keys.sign('claim') ?? '';
    clock.advance(60_000);
    expect(keys.sign('claim', first)).to.equal(first);
    expect(keys.sign('other', first)).to.not.equal(first);
    clock.advance(1000);
    expect(keys.sign('claim', first)).to.not.equal(first);
  });
});

const text = fc.string({ minLength: 1, maxLength: 12 });
interface Claimed extends ClaimedObject {
  readonly group: string;
  readonly submitter: string;
}

const claimed: fc.Arbitrary<Claimed> = fc.record({
  namespace: text,
  apiVersion: fc.constantFrom('v1', 'batch/v1', 'apps/v1'),
  kind: text,
  // No name has a star.
  name: text.map((name) => name.replaceAll('*', '-')),
  group: text,
  submitter: text,
});
const RUNS = Number(process.env['SLUICE_CLAIMS'] ?? 300);

describe('a signed claim', () => {
  it('is verified as it was signed, and with any edit it is not', () => {
    const keys = new HmacSubmitterKeys({ signer: 'k', keys: new Map([['k', OLD]]) }, new ManualClock(NOW_MS));
    const verified = (claim: Claimed, signature: string | undefined, createdMs = NOW_MS): boolean =>
      isSignedPlan(keys, { ...claim, uid: 'u', createdMs }, claim.group, { submitter: claim.submitter, signature });
    fc.assert(
      fc.property(claimed, claimed, fc.constantFrom(...FIELDS), (claim, other, field) => {
        const signature = keys.sign(planClaim(claim, claim.group, claim.submitter));
        expect(verified(claim, signature)).to.equal(true);
        const edited = { ...claim, [field]: other[field] };
        fc.pre(edited[field] !== claim[field]);
        expect(verified(edited, signature), field).to.equal(false);
        expect(verified(claim, signature, NOW_MS + 301_000), 'made later').to.equal(false);
        expect(verified(claim, signature, Number.NaN), 'made nobody knows when').to.equal(false);
        const asTemplate = { submitter: claim.submitter, signature };
        const stored = { ...claim, uid: 'u', createdMs: NOW_MS };
        expect(isSignedTemplate(keys, stored, claim.group, asTemplate), 'for another purpose').to.equal(false);
      }),
      { numRuns: RUNS },
    );
  });

  it('is not verified by a signature with any edit', () => {
    const keys = new HmacSubmitterKeys({ signer: 'k', keys: new Map([['k', OLD]]) }, new ManualClock(NOW_MS));
    const claim = templateClaim({ namespace: 'n', apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }, '', 'alice');
    const signature = keys.sign(claim) ?? '';
    fc.assert(
      // The last character has bits that say nothing.
      fc.property(fc.nat(signature.length - 2), fc.string({ maxLength: 2 }), (at, put) => {
        const edited = signature.slice(0, at) + put + signature.slice(at + 1);
        fc.pre(edited !== signature);
        expect(keys.signedMs(claim, edited)).to.equal(undefined);
      }),
      { numRuns: RUNS },
    );
  });
});

const FIELDS = ['namespace', 'apiVersion', 'kind', 'name', 'group', 'submitter'] as const;

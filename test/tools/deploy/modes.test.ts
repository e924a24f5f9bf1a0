import { expect } from 'chai';
import { arrayAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { applyPatch } from '../../../src/lib/json-patch-apply.ts';
import { fixedSettings } from '../../../tools/deploy/chosen.ts';
import { identityOf } from '../../../tools/deploy/document.ts';
import type { Document } from '../../../tools/deploy/document.ts';
import { rights, surroundings, workload } from '../../../tools/deploy/installation.ts';
import { ofAllModes, toCertManager } from '../../../tools/deploy/modes.ts';
import type { Settings } from '../../../tools/deploy/settings.ts';
import { defaultsOf, plain } from '../../../tools/deploy/value-defaults.ts';
import { VALUES } from '../../../tools/deploy/values.ts';

const SETTINGS = fixedSettings(defaultsOf(plain(VALUES)), '1.0.0');

function make(settings: Settings): readonly Document[] {
  return [...surroundings(settings), ...rights(settings), ...workload(settings)];
}

function sorted(objects: readonly JsonObject[]): readonly JsonObject[] {
  return objects.toSorted((a, b) => identityOf(a).localeCompare(identityOf(b)));
}

describe('objects for certificates of cert-manager', () => {
  const wanted = make({ ...SETTINGS, certificates: 'cert-manager' }).map(({ object }) => object);

  it('are what the component makes of the base', () => {
    const { added, gone, changed } = toCertManager(make, SETTINGS);
    const kept = make(SETTINGS)
      .map(({ object }) => object)
      .filter((object) => !gone.some((one) => identityOf(one) === identityOf(object)))
      .map((object) => {
        const change = changed.find((one) => identityOf(one.object) === identityOf(object));
        return applyPatch(object, change?.operations ?? []) as JsonObject;
      });
    expect(sorted([...kept, ...added])).to.deep.equal(sorted(wanted));
  });

  it('are what the chart has for that value, for the other value those without, and so in the place of Volcano', () => {
    for (const mode of ['built-in', 'cert-manager'] as const)
      for (const place of ['none', 'volcano'] as const) {
        const chosen = ofAllModes(make, SETTINGS, 'v').filter(
          ({ certificates = mode, compat = place }) => certificates === mode && compat === place,
        );
        const volcano = place === 'volcano' ? 'v' : undefined;
        expect(sorted(chosen.map(({ object }) => object))).to.deep.equal(
          sorted(make({ ...SETTINGS, certificates: mode, volcano }).map(({ object }) => object)),
        );
      }
  });

  it('leave Sluice no Secret of its own to read or write but the keys of submitters', () => {
    const roles = wanted.filter((one) => /^(Cluster)?Role$/.test(stringAt(one, ['kind'])));
    const touching = roles.filter((one) => JSON.stringify(one).includes('"secrets"'));
    const own = touching.filter((one) => stringAt(one, ['kind']) === 'Role');
    const rules = own
      .flatMap((one) => arrayAt(one, 'rules'))
      .filter((rule) => JSON.stringify(rule).includes('"secrets"'));
    const named = rules.filter((rule) => !arrayAt(rule, 'verbs').includes('create'));
    for (const rule of named) expect(arrayAt(rule, 'resourceNames')).to.deep.equal(['sluice-submitters']);
    // What plugins of a Job of Volcano take.
    const everywhere = touching.filter((one) => !own.includes(one));
    expect(everywhere.map((one) => identityOf(one))).to.deep.equal(['ClusterRole  sluice-controllers']);
    expect(JSON.stringify(wanted)).to.not.match(/sluice-(ca|serving)"/);
  });
});

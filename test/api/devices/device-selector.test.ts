import { expect } from 'chai';
import { deviceSelector } from '../../../src/api/devices/device-selector.ts';
import { projectResourceSlice } from '../../../src/api/projections/devices/resource-slice.ts';
import type { DeviceRecord } from '../../../src/api/records/device-records.ts';

function device(): DeviceRecord {
  const slice = projectResourceSlice({
    metadata: { name: 's', uid: 's' },
    spec: {
      driver: 'gpu.example.com',
      nodeName: 'n',
      pool: { name: 'n', generation: 1, resourceSliceCount: 1 },
      devices: [
        {
          name: 'x',
          attributes: {
            model: { string: 'A100 SXM' },
            index: { int: 3 },
            fast: { bool: true },
            driverVersion: { version: '1.10.0' },
            'topo.example.com/numa': { int: 1 },
          },
          capacity: { memory: { value: '80Gi' } },
        },
      ],
    },
  });
  const [first] = slice?.devices ?? [];
  if (first === undefined) throw new Error('no device');
  return first;
}

describe('a selector of devices', () => {
  const own = 'device.attributes["gpu.example.com"]';
  const memory = 'device.capacity["gpu.example.com"].memory';
  const cases: readonly (readonly [text: string, want: boolean | RegExp])[] = [
    ['device.driver == "gpu.example.com"', true],
    ['device.driver.startsWith("other")', false],
    [`${own}.model == "A100 SXM" && ${own}.index >= 3 && ${own}.fast`, true],
    [`${own}.model.lowerAscii().matches("^a100")`, true],
    ['device.attributes["topo.example.com"].numa == 1', true],
    [`${memory}.compareTo(quantity("40Gi")) >= 0`, true],
    [`${memory}.isGreaterThan(quantity("80Gi"))`, false],
    [`${memory}.sub(quantity("79Gi")).compareTo(quantity("1Gi")) == 0`, true],
    [`${own}.driverVersion.isGreaterThan(semver("1.9.0"))`, true],
    [`${own}.driverVersion.compareTo(semver("1.10.0-rc.1")) > 0 && ${own}.driverVersion.major() == 1`, true],
    ['device.allowMultipleAllocations', false],
    [`has(${own}.nothing)`, false],
    [`"index" in ${own} && ["A100 SXM"].exists(model, ${own}.model == model)`, true],
    // A domain of which the device says nothing is there, and empty.
    ['has(device.attributes["nobody.example.com"].x)', false],
    ['"nobody.example.com" in device.attributes', false],
    ['device.attributes["nobody.example.com"].x == 1', /^there is no x$/],
    [`${own}.nothing == "a"`, /^there is no nothing$/],
    [`${own}.index`, /gives int/],
  ];
  for (const [text, want] of cases) {
    it(`${text}: ${String(want)}`, () => {
      const { unsupported, matches } = deviceSelector(text);
      expect(unsupported).to.equal(undefined);
      const answer = matches(device());
      if (want instanceof RegExp) expect(answer).to.have.property('message').that.matches(want);
      else expect(answer).to.equal(want);
    });
  }

  it('tells what Sluice does not know, and where', () => {
    const { unsupported } = deviceSelector('cel.bind(a, device.driver, a == "x")');
    expect(unsupported).to.match(/^1:\d+: /);
  });

  it('is one object for equal texts', () => {
    expect(deviceSelector('device.driver == "a"')).to.equal(deviceSelector('device.driver == "a"'));
  });
});

describe('a semantic version', () => {
  it('stands where semver.org puts it', () => {
    const versions = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '1.2.0',
      '1.10.0',
      '2.0.0',
    ];
    for (const [at, version] of versions.entries()) {
      for (const [other, than] of versions.entries()) {
        const sign = Math.sign(at - other);
        const { matches } = deviceSelector(`semver("${version}").compareTo(semver("${than}")) == ${sign}`);
        expect(matches(device()), `${version} ${than}`).to.equal(true);
      }
    }
    for (const text of ['1.0', 'v1.0.0', '01.0.0', '1.0.0-01', '']) {
      expect(deviceSelector(`isSemver("${text}")`).matches(device()), text).to.equal(false);
    }
  });
});

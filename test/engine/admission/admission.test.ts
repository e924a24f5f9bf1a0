import { expect } from 'chai';
import { createAdmission } from '../../../src/engine/admission/admission.ts';
import type { Admission, TableAdmission } from '../../../src/engine/admission/admission.ts';
import type { FailureMode, ReviewAnswer } from '../../../src/engine/admission/admission-answer.ts';
import type { Phase } from '../../../src/engine/admission/admission-table.ts';
import type { Logger, Metrics } from '../../../src/engine/ports.ts';
import { stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { PatchOperation } from '../../../src/lib/json-patch.ts';
import type { AdmissionRequest, AdmitFn } from '../../../webhooks/admission.ts';
import type { Verdict } from '../../../webhooks/verdict.ts';
import { admissionRow } from '../../../webhooks/row.ts';
import type { AdmissionRow } from '../../../webhooks/row.ts';
import { PODS } from '../../../src/api/resources.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { NOBODY_KNOWS } from '../../support/questions.ts';
import { view } from '../../webhooks/fixture.ts';

const POD: JsonObject = { metadata: { generateName: 'p-', labels: {} }, spec: {} };
const LEAVING: JsonObject = { metadata: { deletionTimestamp: '2030-01-01T00:00:00Z' } };

const VIEW = view({ synced: true, queues: {} });

interface AtOnce {
  review(...asked: Parameters<Admission['review']>): ReviewAnswer;
  shed(...asked: Parameters<Admission['shed']>): ReviewAnswer;
}

/** Rows that ask nothing are answered without a turn of the event loop. */
function atOnce(answer: ReviewAnswer | Promise<ReviewAnswer>): ReviewAnswer {
  if (answer instanceof Promise) throw new Error('the answer is late');
  return answer;
}

function request(changes: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    uid: 'u1',
    group: '',
    version: 'v1',
    resource: 'pods',
    subresource: '',
    operation: 'CREATE',
    namespace: 'lab',
    name: '',
    username: 'alice',
    userGroups: [],
    userUid: '',
    userExtra: {},
    object: POD,
    oldObject: undefined,
    dryRun: false,
    ...changes,
  };
}

function row(phase: Phase, admit: AdmitFn, changes: Partial<AdmissionRow> = {}): AdmissionRow {
  return {
    ...admissionRow({ id: `${phase}-pods`, phase, type: PODS, operations: ['CREATE', 'UPDATE', 'DELETE'], admit }),
    ...changes,
  };
}

function allow(patch: readonly PatchOperation[] = [], warnings: readonly string[] = [], audit = {}): Verdict {
  return { kind: 'allow', patch, warnings, audit };
}

function deny(path: string, code: 403 | 422 = 422, reason = 'QueueNotFound'): Verdict {
  return { kind: 'deny', code, reason, errors: [{ path, kind: 'FieldValueInvalid', value: 'x', message: 'no' }] };
}

function addLabel(key: string, value: string): PatchOperation {
  return { op: 'add', path: `/metadata/labels/${key}`, value };
}

describe('admission dispatch', () => {
  let counted: string[];
  let logged: string[];
  let clock: ManualClock;

  beforeEach(() => {
    counted = [];
    logged = [];
    clock = new ManualClock();
  });

  function dispatch(
    table: readonly AdmissionRow[],
    failureMode: FailureMode = 'deny',
    metrics?: Metrics,
  ): TableAdmission {
    const recorded: Metrics = {
      count: (name, labels) => void counted.push(`${name} ${Object.values(labels).join(' ')}`),
      gauge: () => undefined,
      observe: () => undefined,
      drop: () => undefined,
    };
    const keep = (message: string, fields = {}): void => void logged.push(`${message} ${JSON.stringify(fields)}`);
    const log: Logger = { debug: keep, info: keep, warn: keep, error: keep };
    return createAdmission({
      table,
      view: VIEW,
      questions: NOBODY_KNOWS,
      metrics: metrics ?? recorded,
      clock,
      log,
      failureMode,
    });
  }

  function admission(...made: Parameters<typeof dispatch>): AtOnce {
    const dispatched = dispatch(...made);
    return { review: (...asked) => atOnce(dispatched.review(...asked)), shed: (...asked) => dispatched.shed(...asked) };
  }

  function isUntouched(answer: ReviewAnswer): boolean {
    return answer.denial === undefined && answer.patch.length === 0 && answer.warnings.length === 0;
  }

  describe('mutators', () => {
    it('run in table order on one working copy and their patches follow one another', () => {
      const seen: string[] = [];
      const look =
        (patch: PatchOperation): AdmitFn =>
        (asked) => {
          seen.push(JSON.stringify(asked.object?.['metadata']));
          return allow([patch], [patch.path], { [patch.path]: 'done' });
        };
      const table = [row('mutate', look(addLabel('a', '1'))), row('mutate', look(addLabel('b', '2')))];
      const answer = admission(table).review('mutate', request());
      expect(seen).to.deep.equal(['{"generateName":"p-","labels":{}}', '{"generateName":"p-","labels":{"a":"1"}}']);
      expect(answer.patch).to.deep.equal([addLabel('a', '1'), addLabel('b', '2')]);
      expect(answer.warnings).to.deep.equal(['/metadata/labels/a', '/metadata/labels/b']);
      expect(answer.audit).to.deep.equal({ '/metadata/labels/a': 'done', '/metadata/labels/b': 'done' });
      expect(counted).to.deep.equal(['sluice_admission_reviews_total mutate pods CREATE patched']);
      expect(POD).to.deep.equal({ metadata: { generateName: 'p-', labels: {} }, spec: {} });
    });

    it('stop at the first refusal', () => {
      let calls = 0;
      const later: AdmitFn = () => {
        calls += 1;
        return allow();
      };
      const answer = admission([row('mutate', () => deny('spec.a')), row('mutate', later)]).review('mutate', request());
      expect(calls).to.equal(0);
      expect(answer.denial?.code).to.equal(422);
      expect(answer.denial?.reason).to.equal('QueueNotFound');
      expect(answer.denial?.message).to.equal('spec.a: "x": no (QueueNotFound)');
      expect(answer.patch).to.deep.equal([]);
    });

    it('never patch what is being removed, and the deletion goes through', () => {
      const table = [row('mutate', () => allow([addLabel('a', '1')]))];
      const deletion = request({ operation: 'DELETE', object: undefined, oldObject: POD });
      const answer = admission(table).review('mutate', deletion);
      expect(isUntouched(answer)).to.equal(true);
      expect(counted[0]).to.equal('sluice_admission_internal_errors_total mutate misplaced-patch');
    });
  });

  describe('validators', () => {
    it('all speak, and their errors are told together under the first reason', () => {
      const table = [
        row('validate', () => deny('spec.a', 403, 'ProtectedQueue')),
        row('validate', () => allow([], ['careful'])),
        row('validate', () => deny('spec.b')),
      ];
      const answer = admission(table).review('validate', request());
      expect(answer.denial?.code).to.equal(403);
      expect(answer.denial?.reason).to.equal('ProtectedQueue');
      expect(answer.denial?.causes.map(({ path }) => path)).to.deep.equal(['spec.a', 'spec.b']);
      expect(answer.warnings).to.deep.equal(['careful']);
      expect(logged[0]).to.contain('review denied').and.to.contain('"uid":"u1"');
    });

    it('never patch', () => {
      const answer = admission([row('validate', () => allow([addLabel('a', '1')]))]).review('validate', request());
      expect(isUntouched(answer)).to.equal(true);
      expect(counted[0]).to.equal('sluice_admission_internal_errors_total validate misplaced-patch');
    });

    for (const mode of ['deny', 'allow'] as const) {
      it(`refuse for sure when one refuses and another fails, in failure mode ${mode}`, () => {
        const table = [row('validate', throwing('boom')), row('validate', () => deny('spec.a'))];
        expect(admission(table, mode).review('validate', request()).denial?.reason).to.equal('QueueNotFound');
      });
    }
  });

  describe('a fault inside', () => {
    const faults: Readonly<Record<string, AdmitFn>> = {
      'a throw': throwing('boom'),
      'a throw of something else than an error': throwing('boom', (message) => ({ message })),
      'an error verdict': () => ({ kind: 'error', message: 'no view' }),
      'an error verdict without words': () => ({ kind: 'error', message: '' }),
      'no verdict at all': () => undefined as unknown as Verdict,
      'a verdict of an unknown kind': () => ({ kind: 'maybe' }) as unknown as Verdict,
      'a patch that does not apply': () => allow([{ op: 'add', path: '/spec/missing/x', value: 1 }]),
      'a patch that makes the object no object': () => allow([{ op: 'replace', path: '', value: 1 }]),
    };
    for (const [name, admit] of Object.entries(faults)) {
      it(`refuses after ${name} in failure mode deny, and is counted`, () => {
        const answer = admission([row('mutate', admit)], 'deny').review('mutate', request());
        expect(answer.denial).to.include({ code: 500, reason: 'InternalError' });
        expect(counted).to.deep.equal([
          'sluice_admission_internal_errors_total mutate fault',
          'sluice_admission_reviews_total mutate pods CREATE error',
        ]);
        expect(logged[0]).to.contain('admission failed inside');
      });

      it(`lets the object through as it came after ${name} in failure mode allow`, () => {
        const table = [row('mutate', () => allow([addLabel('a', '1')])), row('mutate', admit)];
        const answer = admission(table, 'allow').review('mutate', request());
        expect(answer.denial).to.equal(undefined);
        expect(answer.patch).to.deep.equal([]);
        expect(answer.warnings).to.have.length(1);
        expect(answer.audit).to.deep.equal({ reason: 'InternalError', 'failure-mode': 'allow' });
        expect(counted[0]).to.equal('sluice_admission_internal_errors_total mutate fault');
      });
    }

    it('is answered even when the metrics are what fails', () => {
      const nothing = (): undefined => undefined;
      const failing: Metrics = { count: throwing('metrics'), gauge: nothing, observe: nothing, drop: nothing };
      const answer = admission([row('mutate', () => allow())], 'deny', failing).review('mutate', request());
      expect(answer.denial?.reason).to.equal('InternalError');
    });
  });

  it('asks no further row once the deadline has passed', () => {
    const slow: AdmitFn = () => {
      clock.advance(101);
      return allow([addLabel('a', '1')]);
    };
    const late: AdmitFn = () => deny('late');
    const answer = admission([row('mutate', slow), row('mutate', late)], 'allow').review('mutate', request(), {
      deadlineMs: 100,
    });
    expect(answer.denial).to.equal(undefined);
    expect(answer.patch).to.deep.equal([]);
    expect(answer.audit['reason']).to.equal('InternalError');
  });

  it('sheds by the failure mode, and tells clients of a refusal when to come back', () => {
    const table = [row('mutate', () => deny('x'))];
    expect(admission(table, 'deny').shed('mutate', request()).denial).to.include({
      code: 429,
      reason: 'Overloaded',
      retryAfterSeconds: 1,
    });
    expect(admission(table, 'allow').shed('mutate', request()).denial).to.equal(undefined);
    expect(counted).to.deep.equal(Array(2).fill('sluice_admission_reviews_total mutate pods CREATE shed'));
  });

  describe('lets through untouched', () => {
    const cases: Readonly<Record<string, Partial<AdmissionRequest>>> = {
      'an unknown resource': { resource: 'sandwiches' },
      'another group': { group: 'apps' },
      'another version': { version: 'v2' },
      'an operation without a row': { operation: 'CONNECT' },
      'a subresource without a row': { subresource: 'status' },
      'an update of an object on its way out': { operation: 'UPDATE', oldObject: LEAVING },
      'the removal of an object on its way out': { operation: 'DELETE', object: undefined, oldObject: LEAVING },
    };
    for (const [name, changes] of Object.entries(cases)) {
      it(name, () => {
        const table = [row('mutate', () => deny('x')), row('validate', () => deny('x'))];
        expect(isUntouched(admission(table).review('mutate', request(changes)))).to.equal(true);
        expect(isUntouched(admission(table).review('validate', request(changes)))).to.equal(true);
      });
    }

    it('but counts resources that nobody asked for under one name', () => {
      admission([]).review('mutate', request({ resource: 'sandwiches' }));
      expect(counted).to.deep.equal(['sluice_admission_reviews_total mutate other CREATE allowed']);
    });
  });

  it('does not believe a deletion time in an object that is sent', () => {
    const table = [row('validate', () => deny('x'))];
    const changes = [
      { object: LEAVING },
      { object: LEAVING, oldObject: LEAVING },
      { operation: 'UPDATE', object: LEAVING, oldObject: POD },
    ] as const;
    for (const change of changes) {
      expect(admission(table).review('validate', request(change)).denial?.reason).to.equal('QueueNotFound');
    }
  });

  it('asks a row that names a subresource about that only', () => {
    const table = [row('validate', () => deny('x'), { resource: 'pods/binding' })];
    expect(admission(table).review('validate', request()).denial).to.equal(undefined);
    expect(admission(table).review('validate', request({ subresource: 'binding' })).denial).not.to.equal(undefined);
  });

  it('answers with other rows from the moment that it is given them, and ends reviews under way with those before', async () => {
    const question = { kind: 'fetch', key: 'k', type: PODS, namespace: '', name: 'p' } as const;
    const asking = row('mutate', () => allow([addLabel('by', 'old')]), { ask: () => [question] });
    const table = dispatch([asking]);
    const underWay = table.review('mutate', request(), { rowId: 'mutate-pods' });
    table.use([row('mutate', () => allow([addLabel('by', 'new')]), { id: 'other' })]);
    expect(table.serves('mutate', 'mutate-pods')).to.equal(false);
    expect(table.serves('mutate', 'other')).to.equal(true);
    expect((await table.review('mutate', request())).patch).to.deep.equal([addLabel('by', 'new')]);
    expect((await underWay).patch).to.deep.equal([addLabel('by', 'old')]);
  });

  it('passes the dry-run flag on and does nothing else with it', () => {
    const flags: boolean[] = [];
    const look: AdmitFn = (asked) => {
      flags.push(asked.dryRun);
      return allow([addLabel('name', stringAt(asked.object, ['metadata', 'generateName']))]);
    };
    const [dry, wet] = [true, false].map((dryRun) =>
      admission([row('mutate', look)]).review('mutate', request({ dryRun })),
    );
    expect(flags).to.deep.equal([true, false]);
    expect(dry).to.deep.equal(wet);
  });
});

function throwing(message: string, make: (text: string) => unknown = (text) => new Error(text)): () => never {
  return () => {
    throw make(message);
  };
}

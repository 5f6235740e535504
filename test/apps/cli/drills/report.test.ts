import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportPage } from '../../../../apps/cli/drills/page/page.js';
import { verdictOf } from '../../../../apps/cli/drills/words.js';
import { timesOf, type DrillRecord } from '../../../../src/drill/record.js';
import { switchback } from '../console.js';
import { allPoints, aRecord, aRedRecord, drilledAt, fresh } from './given.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'switchback-report-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function file(records: unknown, name = 'records.json'): Promise<string> {
  await writeFile(join(dir, name), typeof records === 'string' ? records : JSON.stringify(records));
  return name;
}

const drill = (...args: string[]) => switchback(['drill', ...args], { cwd: dir });

describe('switchback drill report', () => {
  it('shows what a drill proves, and each point', async () => {
    const { code, stdout } = await drill('report', '--file', await file(aRecord()));
    expect(code).toBe(0);
    expect(stdout).toContain('coverage       100 % of 39 points');
    expect(stdout).toContain('restore        median 743ms, worst 1.1s, objective 2s');
    expect(stdout).toMatch(
      /canary +expose\/split-name\/5 +fails after its effect +passed +rolled-back +641ms/,
    );
    expect(stdout).toMatch(/purge\/shop.customer +fails after its effect +passed +halted, past return/);
    expect(stdout).toContain('A loss of the machine that PostgreSQL runs on.');
  });

  it('says what did not come back', async () => {
    const { stdout } = await drill('report', '--file', await file(aRedRecord()));
    expect(stdout).toContain('red: 1 of 41 points did not end as they have to');
    expect(stdout).toContain('column shop.customer.first_name is there, and was not before');
  });

  it('prints the record itself as JSON, of the newest drill that is meant', async () => {
    const old = aRecord({ drill: 'old', startedAt: drilledAt - 1_000 });
    const other = aRecord({ drill: 'other', runbook: 'resize-consumers', startedAt: drilledAt + 1_000 });
    const records = await file([old, aRecord(), other].map((one) => JSON.stringify(one)).join('\n'));
    const of = async (...args: string[]) =>
      (await drill('report', '--file', records, '-o', 'json', ...args)).json();
    expect(await of()).toEqual(other);
    expect(await of('split-customer-name')).toEqual(aRecord());
    expect(await of('old')).toEqual(old);
  });

  it('refuses a record that somebody edited', async () => {
    const edited = { ...aRedRecord(), coverage: 1 };
    const { code, stderr, stdout } = await drill('report', '--file', await file(edited));
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(`drill record ${edited.drill}: is not as it was sealed`);
  });

  it.each([
    ['no file', undefined, 'is no file'],
    ['what is no JSON', 'oops', 'is not JSON'],
    ['an empty file', '', 'holds no drill record'],
    [
      'another shape',
      { ...aRecord(), points: [{ ...allPoints()[0], failure: 'sulks' }] },
      'points.0.failure',
    ],
    ['another format', { ...aRecord(), format: 2 }, 'is no drill record: format'],
  ])('refuses %s', async (_what, content, told) => {
    const name = content === undefined ? 'missing.json' : await file(content);
    const { code, stderr } = await drill('report', '--file', name);
    expect(code).toBe(3);
    expect(stderr).toContain(told);
  });

  it('names the runbooks there are when none is meant', async () => {
    const { code, stderr } = await drill('report', 'resize', '--file', await file(aRecord()));
    expect(code).toBe(3);
    expect(stderr).toContain(
      'drill resize: is not among the records; there are drills of split-customer-name',
    );
  });

  it('writes a page', async () => {
    const { code } = await drill('report', '--file', await file(aRecord()), '--html', 'page.html');
    expect(code).toBe(0);
    expect(await readFile(join(dir, 'page.html'), 'utf8')).toContain('every one of 39 points came back');
    const elsewhere = await drill('report', '--file', 'records.json', '--html', 'nowhere/page.html');
    expect(elsewhere.code).toBe(3);
    expect(elsewhere.stderr).toContain('cannot be written');
  });
});

describe('the page of a drill', () => {
  it('needs nothing else, and runs no script', () => {
    const page = reportPage(aRedRecord(), fresh);
    expect(page).not.toMatch(/<script|<link|<img|\bsrc=|\bhref=|url\(|@import|https?:/);
    expect(page).toContain("default-src 'none'");
  });

  it('shows what a record says as text, whatever that is', () => {
    const page = reportPage(aRecord({ startedBy: `"><script>alert(1)</script>'` }), fresh);
    expect(page).not.toContain('<script>');
    expect(page).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;');
    expect(reportPage(aRedRecord(), fresh)).toContain('&lt;b&gt;2 rows&lt;/b&gt; of shop.customer are gone');
  });

  it('shows how the time to restore moved up to this drill, and nothing of others', () => {
    const day = 86_400_000;
    const older = aRecord({ drill: 'older', startedAt: drilledAt - day, coverage: 0.5 });
    const later = aRecord({ drill: 'later', startedAt: drilledAt + day, coverage: 0.4 });
    const other = aRecord({ drill: 'other', runbook: 'other', startedAt: drilledAt - day, coverage: 0.3 });
    const page = reportPage(aRecord(), fresh, [later, older, aRecord(), other]);
    const [, history] = page.split('This drill and those before it');
    expect(history).toMatch(/2026-11-30 03:15:00 UTC[^]*this one[^]*2026-11-29 03:15:00 UTC[^]*50 % proven/);
    expect(history).not.toMatch(/[43]0 % proven/);
    expect(reportPage(aRecord(), fresh)).not.toContain('This drill and those before it');
  });

  it('tells points past the point of no return apart', () => {
    const [before, after] = reportPage(aRecord(), fresh).split('Past the point of no return');
    expect(before).not.toContain('ended halted');
    expect(after?.match(/ended halted/g)).toHaveLength(2);
  });
});

describe('what a record proves', () => {
  const verdict = (about: Partial<Omit<DrillRecord, 'hash'>>, now = fresh) =>
    verdictOf(aRecord(about), now).is;

  it('is all, when every point came back, in time and not long ago', () => {
    expect(verdict({})).toBe('proven');
  });

  it('is red for a point that did not, and for a time above the objective', () => {
    expect(verdictOf(aRedRecord(), fresh).is).toBe('red');
    expect(verdict({ restoreWithin: 1_000 })).toBe('red');
  });

  it('is not all for points that were not drilled, and for an expired one', () => {
    const some = allPoints().slice(1);
    expect(verdictOf(aRecord({ points: some }), fresh)).toEqual({
      is: 'partly',
      sentence: '1 of 39 points were not drilled',
    });
    expect(verdict({}, aRecord().expiresAt + 1)).toBe('partly');
  });
});

describe('switchback drill history', () => {
  const slower = (by: number) => {
    const points = allPoints().map((point) =>
      point.restored
        ? { ...point, restored: { ...point.restored, verified: point.restored.verified + by } }
        : point,
    );
    return { points, timeToRestore: timesOf(points) };
  };

  it('shows how the time to restore moves, the newest first', async () => {
    const day = 86_400_000;
    const records = [
      aRecord({ drill: 'b', startedAt: drilledAt + day, ...slower(500) }),
      aRecord({ drill: 'a' }),
      aRecord({ drill: 'c', startedAt: drilledAt + 2 * day, reversibleDigest: 'f'.repeat(64) }),
      aRecord({ drill: 'elsewhere', environment: 'other', startedAt: drilledAt + 3 * day }),
    ];
    const given = await file(records);
    const { drills } = (await drill('history', 'split-customer-name', '--file', given, '-o', 'json')).json<{
      drills: { drill: string; worstBy?: number; changed?: true }[];
    }>();
    expect(drills.map(({ drill, worstBy, changed }) => [drill, worstBy, changed])).toEqual([
      ['elsewhere', undefined, undefined],
      ['c', -500, true],
      ['b', 500, undefined],
      ['a', undefined, undefined],
    ]);
    const { stdout } = await drill('history', 'split-customer-name', '--file', given);
    expect(stdout).toMatch(/drills +proven +100 % +1.2s +1.6s +\+500ms +#{20}/);
    expect(stdout).toMatch(/-500ms +#+ +changed/);
  });

  it('refuses a runbook that has none', async () => {
    const { code, stderr } = await drill('history', 'resize', '--file', await file([aRecord()]));
    expect(code).toBe(3);
    expect(stderr).toContain(
      'drills of resize: are not among the records; there are drills of split-customer-name',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { noteRed } from './note-red.js';
import { readOptions } from './options.js';
import { describeReport, exitCodeOf, reportOf } from './report.js';

const killed = { mutant: 'act/a removed', killedAt: 'act/a after-effect' };
const green = { mutant: 'act/b stale' };
const of = (tried: readonly (typeof killed | typeof green)[]) => [{ runbook: 'some', tried }];

describe('the report of mutants', () => {
  it('is green when every one turned the drill red', () => {
    const report = reportOf(of([killed]), {});
    expect(report).toEqual({ runbooks: 1, mutants: 1, killed: 1, survivors: [], equivalent: [] });
    expect(exitCodeOf(report)).toBe(0);
  });

  it('names one on which the drill stayed green, and fails', () => {
    const report = reportOf(of([killed, green]), {});
    expect(report).toMatchObject({ mutants: 2, killed: 1, survivors: ['some: act/b stale'] });
    expect(exitCodeOf(report)).toBe(1);
    expect(describeReport(report, of([killed, green]))).toContain('these did not: some: act/b stale');
  });

  it('leaves one that changes nothing out of both counts, with the reason', () => {
    const report = reportOf(of([killed, green]), { 'act/b stale': 'it is so' });
    const equivalent = [{ mutant: 'some: act/b stale', because: 'it is so' }];
    expect(report).toEqual({ runbooks: 1, mutants: 1, killed: 1, survivors: [], equivalent });
  });

  it.each([
    ['was killed', 'act/a removed'],
    ['there is none of', 'act/c removed'],
  ])('excuses nobody whom nobody needs to: one that %s', (_what, name) => {
    expect(() => reportOf(of([killed]), { [name]: 'it is so' })).toThrow(`and are none: ${name}`);
  });
});

describe('when a drill was last seen red', () => {
  it('is noted for runbooks all of whose mutants were killed', async () => {
    const noted: [string, number][] = [];
    const drills = { sawRed: async (runbook: string, at: number) => void noted.push([runbook, at]) };
    const red = await noteRed(drills, ['some', 'other'], { survivors: ['other: act/b stale'] }, 5);
    expect(red).toEqual(['some']);
    expect(noted).toEqual([['some', 5]]);
  });
});

describe('the options of drill:mutants', () => {
  it('are text without a place to note it, unless said otherwise', () => {
    expect(readOptions([])).toEqual({ output: 'text', config: 'switchback.config.json' });
    expect(readOptions(['-o', 'json', '--env', 'drills'])).toMatchObject({ output: 'json', env: 'drills' });
    expect(readOptions(['--help'])).toBeUndefined();
  });

  it.each([[['-o', 'xml']], [['--envy', 'x']], [['stray']]])('refuse %j', (args) => {
    expect(() => readOptions(args)).toThrow(TypeError);
  });
});

import { createServer } from 'node:http';
import { rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createFlagsAdapter } from '../../../activities/flags/adapter.js';
import { Refusal } from '../../../src/engine/base/errors.js';
import type { Act } from '../../../src/engine/plan/plan.js';
import { memoryFile } from '../../../activities/flags/memory.js';
import { aFlagFile, exposing, flagdFile, quietWork } from './given.js';

async function refusalOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Refusal);
  return (error as Refusal).message;
}

describe('check of a flag', () => {
  it('finds a fit flag and changes nothing', async () => {
    const given = await aFlagFile();
    const evidence = await given.adapter.check(exposing(5), given.work);
    expect(evidence).toMatchObject({ store: 'shop', flag: 'split-name', percent: 0 });
    expect(await given.text()).toBe(flagdFile);
  });

  it.each<[string, Act, RegExp]>([
    [
      'an unknown flag, with the nearest',
      exposing(5, {}, 'split-nam'),
      /there are split-name, 2, 1; did you mean "split-name"/,
    ],
    [
      'an unknown variant',
      exposing(5, { candidate: 'onn' }),
      /no variant "onn".*there are on, off; did you mean "on"/,
    ],
    ['rules of its own', exposing(5, {}, '1'), /rules of its own, "if" .*\$ref.*remove them or move them/],
    ['a percent above 100', exposing(101), /percent is 101; write a number from 0 to 100/],
    ['a percent below 0', exposing(-1), /percent is -1/],
    ['a percent that is text', exposing(5, { percent: '5' }), /percent is "5"/],
    ['a percent finer than a thousandth', exposing(0.00001), /at most three decimals/],
    ['no number at all', exposing(Number.NaN), /percent is null/],
    ['equal arms', exposing(5, { baseline: 'on' }), /both "on"/],
    ['an unknown input', exposing(5, { precent: 5 }), /unknown input "precent"/],
    [
      'an unknown store',
      exposing(5, { store: 'shoop' }),
      /flag store "shoop"; use one of those configured: shop/,
    ],
    [
      'another kind',
      { ...exposing(5), do: { kind: 'flags.delete', input: {} } },
      /flags\.delete; use flags\.expose/,
    ],
    ['another target', { ...exposing(5), target: 'flag:other' }, /make the target flag:split-name/],
    [
      'an undo that raises',
      { ...exposing(5), undo: { type: 'act', do: exposing(6).do } },
      /undone by 6 %.*does not take it back/,
    ],
  ])('refuses %s', async (_, act, message) => {
    const given = await aFlagFile();
    expect(await refusalOf(given.adapter.check(act, given.work))).toMatch(message);
  });

  it.each([
    ['a disabled flag', '"state": "ENABLED"', '"state": "DISABLED"', /is DISABLED.*set its state to ENABLED/],
    [
      'a flag whose default is the candidate',
      '"defaultVariant": "off"',
      '"defaultVariant": "on"',
      /set defaultVariant to "off"/,
    ],
    ['an HTML page', '{\n', '<html>\n', /line 1, column 1: is not JSON/],
    ['a broken file', '"ours": 1.0', '"ours": 1.0,', /flags.json, line 11, column 5: is not JSON: found "}/],
  ])('refuses %s', async (_, from, to, message) => {
    const given = await aFlagFile();
    await given.replace(from, to);
    expect(await refusalOf(given.adapter.check(exposing(5), given.work))).toMatch(message);
  });

  it('refuses a file that is not there, naming it', async () => {
    const given = await aFlagFile();
    await rm(given.file);
    expect(await refusalOf(given.adapter.check(exposing(5), given.work))).toContain(
      `${given.file}: does not exist`,
    );
    expect(await refusalOf(given.read())).toContain('does not exist');
  });

  it('refuses a damaged memory of what rollouts did', async () => {
    const given = await aFlagFile();
    await given.apply(exposing(5));
    await given.write(flagdFile);
    await writeFile(memoryFile(given.file), '{"format":1,"roll');
    expect(await refusalOf(given.adapter.check(exposing(5), given.work))).toMatch(
      /\.flags\.json\.switchback: is damaged/,
    );
    expect(await refusalOf(given.apply(exposing(25)))).toMatch(/is damaged/);
  });

  it('asks the application when that is how rollbacks are verified', async () => {
    const server = createServer((_, response) => response.setHeader('x-arm', 'baseline').end());
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as { port: number };
    const observe = {
      url: `http://127.0.0.1:${port}`,
      paths: { template: '/customers/{n}', from: 1, to: 100 },
    };
    const given = await aFlagFile(flagdFile, { observe });
    const evidence = await given.adapter.check(exposing(5), given.work);
    expect(evidence['observed']).toEqual({ asked: 50, candidate: 0, baseline: 50 });
    await new Promise((closed) => server.close(closed));
    const error = await given.adapter.check(exposing(5), given.work).catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(Refusal);
    expect(String(error)).toMatch(/cannot be reached \(ECONNREFUSED\)/);
  });

  it('needs the store only where there are several', async () => {
    const given = await aFlagFile();
    const act = exposing(5, { store: undefined });
    await given.adapter.check(act, given.work);
    const several = createFlagsAdapter({ stores: { a: { file: given.file }, b: { file: given.file } } });
    expect(await refusalOf(several.check(act, quietWork()))).toMatch(/names no flag store; .*a, b/);
  });

  it('refuses an observation that cannot be asked as soon as the worker starts', () => {
    const observe = { url: 'ftp://x', paths: { template: '/{n}', from: 1, to: 2 } };
    expect(() => createFlagsAdapter({ stores: { a: { file: 'x', observe } } })).toThrow(
      /not an http address/,
    );
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApi } from '../../../apps/api/api.js';
import type { Api } from '../../../apps/api/options.js';
import { switchback, type Ran } from './console.js';
import { startEnvironment, type TestEnvironment } from './environment.js';
import { askingPlan, scratch } from './plans.js';

const people = { ana: ['team-one'], ben: ['sre'], carl: ['support'] };
let environment: TestEnvironment;
let api: Api;
let files: Awaited<ReturnType<typeof scratch>>;
beforeAll(async () => {
  files = await scratch();
  environment = await startEnvironment();
  const { name, address, configured } = environment;
  const environments = { [name]: { ...configured, people, operators: ['sre'] } };
  const config = await files.write('switchback.config.json', { environments });
  api = await startApi({ environment: name, config, port: 0, address, env: {}, log: () => undefined });
});
afterAll(async () => {
  await api?.close();
  await environment?.stop();
  await files?.remove();
});

/** The commands of a rollout's life, and what each ended with and said on stdout, without what differs each time. */
async function life(way: readonly string[], env: NodeJS.ProcessEnv): Promise<readonly unknown[]> {
  const call = (args: readonly string[]) =>
    switchback([...args, ...way], { env: { XDG_CONFIG_HOME: files.dir, ...env } });
  const plan = await files.write('asking.json', askingPlan());
  const named = ['--env', environment.name];
  const started = await call(['start', plan, ...named, '--as', 'ana', '-o', 'json']);
  const { rollout } = started.json<{ rollout: string }>();
  const key = rollout.split('/').at(-1) ?? '';
  const told: unknown[] = [];
  const tell = (ran: Ran) =>
    told.push([ran.code, ran.stdout.replaceAll(key, 'KEY'), ran.stderr.replaceAll(key, 'KEY')]);

  tell(await call(['wait', key, '--for', 'gate', '--timeout', '1m']));
  const json = await call(['why', rollout, '-o', 'json']);
  const { since: _since, nextAt: _nextAt, rollout: _rollout, ...why } = json.json();
  told.push(why);
  tell(await call(['plan', plan, '--against', rollout]));
  tell(await call(['approve', rollout, '--as', 'carl']));
  tell(await call(['extend', rollout, '--as', 'ana', '--for', '1h', '--reason', 'x', '--key', 'late']));
  tell(await call(['approve', rollout, '--as', 'ana', '--key', 'yes']));
  tell(await call(['approve', rollout, '--as', 'ana', '--key', 'yes']));
  tell(await call(['reject', rollout, '--as', 'ana', '--reason', 'no', '--key', 'yes']));
  tell(await call(['approve', rollout, '--as', 'ben']));
  tell(await call(['wait', rollout, '--for', 'outcome', '--timeout', '1m']));
  const journal = await call(['journal', rollout, '-o', 'json']);
  told.push(
    journal.json<{ events: { type: string; by?: string }[] }>().events.map(({ type, by }) => [type, by]),
  );
  // Its workflow may still hear a decision a moment after the end, and writes that down.
  const late = await call(['abort', rollout, '--as', 'ana', '--reason', 'too late']);
  told.push([late.code, late.stdout, /is over: completed/.test(late.stderr)]);
  tell(await call(['status', 'nothing-like-it']));
  return told;
}

/** Without what the way itself puts into a message, and when each of them ran. */
const neutral = (told: readonly unknown[]) =>
  JSON.parse(
    JSON.stringify(told)
      .replaceAll('ana/yes', 'yes')
      .replaceAll(/"(since|deadline)":\d+/g, '"$1":0')
      .replaceAll(/; (see \\"switchback why[^"]*\\"|see why it waits, and decide again)/g, '; look'),
  ) as unknown;

it('a rollout is lived through over Temporal and over the API with the same answers and exit codes', async () => {
  const directly = await life(['--address', environment.address], {});
  const overHttp = await life([], { SWITCHBACK_URL: api.url });
  expect(neutral(overHttp)).toEqual(neutral(directly));
  expect((directly as [number][]).filter(Array.isArray).map(([code]) => code)).toContain(3);
});

it('over the API the environment and who asks are known', async () => {
  const call = (args: readonly string[]) =>
    switchback([...args, '--server', api.url], { env: { HOME: files.dir } });
  const other = await call(['locks', '--env', 'another']);
  expect([other.code, other.stdout]).toEqual([3, '']);
  expect(other.stderr).toContain(`which is ${environment.name}; leave --env out`);
  const own = await call(['locks', '-o', 'json']);
  expect(own.json()).toMatchObject({ environment: environment.name, holders: [] });
  const who = await call(['whoami', '-o', 'json']);
  expect(who.json()).toMatchObject({ environment: environment.name, proof: 'name' });
});

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LoadStats } from '../../demo/load/counters.js';
import { audit } from '../../demo/load/audit.js';
import type { LedgerRecord } from '../../demo/load/ledger.js';
import { writeInitialFlags } from '../../demo/shop/initial-flags.js';
import { expose } from './flags.js';
import { EXPAND, shopDatabase, type ShopDatabase } from './shop-database.js';
import { eventually } from '../support/eventually.js';

const CUSTOMERS = 500;

let directory: string;
let flagsFile: string;
let ledgerFile: string;
let database: ShopDatabase;
let children: ChildProcess[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shop-processes-'));
  flagsFile = join(directory, 'flags.json');
  ledgerFile = join(directory, 'ledger.json');
  await writeInitialFlags(flagsFile);
  database = await shopDatabase(CUSTOMERS);
  await database.execute(EXPAND);
  children = [];
});

afterEach(async () => {
  for (const child of children.filter(
    ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
  )) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

function start(program: string, settings: Record<string, string>, silent = false): ChildProcess {
  const child = fork(fileURLToPath(new URL(`../../demo/${program}/main.ts`, import.meta.url)), [], {
    execArgv: ['--import', 'tsx', '--conditions', 'source'],
    env: { ...process.env, ...settings },
    silent,
  });
  children.push(child);
  return child;
}

/** The next message of this type. @throws when the child ends without it */
function heard<T>(child: ChildProcess, type: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void =>
      reject(new Error(`ended with ${code} before it said ${type}`));
    const onMessage = (message: { type?: string }): void => {
      if (message.type !== type) return;
      child.off('exit', onExit);
      child.off('message', onMessage);
      resolve(message as T);
    };
    child.on('exit', onExit);
    child.on('message', onMessage);
  });
}

async function tell<T>(child: ChildProcess, message: { type: string }, answer = message.type): Promise<T> {
  const answered = heard<T>(child, answer);
  child.send(message);
  return answered;
}

const startLoad = (shopUrl: string): ChildProcess =>
  start('load', {
    LOAD_SHOP_URL: shopUrl,
    LOAD_LEDGER_FILE: ledgerFile,
    LOAD_CUSTOMERS: String(CUSTOMERS),
    LOAD_RATE: '100',
  });

describe('shop and load as child processes', () => {
  test('lose nothing through a rollout and its way back', async () => {
    const shop = start('shop', { SHOP_DATABASE_URL: database.url, SHOP_FLAGS_FILE: flagsFile });
    const { url } = await heard<{ url: string }>(shop, 'ready');
    const load = startLoad(url);
    await heard(load, 'ready');
    const stats = () => tell<LoadStats>(load, { type: 'stats' });
    const until = (what: (now: LoadStats) => boolean) =>
      eventually(async () => expect(what(await stats())).toBe(true));

    await until(({ served }) => served > 200);
    await expose(flagsFile, 50);
    await until(({ byArm }) => byArm.candidate.served > 200);
    await tell(shop, { type: 'candidate', mode: 'throws' } as { type: string });
    await until(({ candidateFailed }) => candidateFailed > 20);
    await expose(flagsFile, 0);
    await until(
      ({ at, lastCandidateAnswerAt }) => lastCandidateAnswerAt !== null && at - lastCandidateAnswerAt > 500,
    );

    const ended = once(load, 'exit');
    const stopped = await tell<{ stats: LoadStats }>(load, { type: 'stop' }, 'stopped');
    expect(await ended).toEqual([0, null]);
    // How many it left out, or had no answer to within its time, tells of the machine alone: what was answered tells of the shop.
    expect(stopped.stats.inFlight).toBe(0);
    expect(stopped.stats.failures.filter(({ status }) => status !== null)).toEqual([]);

    const ledger = JSON.parse(await readFile(ledgerFile, 'utf8')) as LedgerRecord;
    expect(ledger.created.length * ledger.orders.length * Object.keys(ledger.names).length).toBeGreaterThan(
      0,
    );
    expect(await audit(database.url, ledger)).toMatchObject({ rowsLost: 0, examples: [] });
    await database.execute(`delete from shop.orders where id = ${ledger.orders[0]?.id ?? 0}`);
    expect(await audit(database.url, ledger)).toMatchObject({ rowsLost: 1 });

    const closed = once(shop, 'exit');
    shop.send({ type: 'stop' });
    expect(await closed).toEqual([0, null]);
  });

  test('end by themselves when the parent is gone; the load keeps its ledger', async () => {
    const shop = start('shop', { SHOP_DATABASE_URL: database.url, SHOP_FLAGS_FILE: flagsFile });
    const { url } = await heard<{ url: string }>(shop, 'ready');
    const load = startLoad(url);
    await heard(load, 'ready');
    for (const child of [load, shop]) {
      const ended = once(child, 'exit');
      child.disconnect();
      expect(await ended).toEqual([0, null]);
    }
    expect(JSON.parse(await readFile(ledgerFile, 'utf8'))).toMatchObject({
      version: 1,
      originals: CUSTOMERS,
    });
  });

  test('a shop that dies is counted as failures, and what it left open is accepted either way', async () => {
    const shop = start('shop', { SHOP_DATABASE_URL: database.url, SHOP_FLAGS_FILE: flagsFile });
    const { url } = await heard<{ url: string }>(shop, 'ready');
    const load = startLoad(url);
    await heard(load, 'ready');
    await eventually(async () =>
      expect((await tell<LoadStats>(load, { type: 'stats' })).served).toBeGreaterThan(50),
    );
    shop.kill('SIGKILL');
    await eventually(async () =>
      expect((await tell<LoadStats>(load, { type: 'stats' })).failed).toBeGreaterThan(50),
    );
    const { stats } = await tell<{ stats: LoadStats }>(load, { type: 'stop' }, 'stopped');
    expect(stats.byArm.none.failed).toBeGreaterThan(50);
    expect(stats.failures[0]).toMatchObject({ arm: null, status: null });
    await eventually(async () => {
      const ledger = JSON.parse(await readFile(ledgerFile, 'utf8')) as LedgerRecord;
      const judgement = await audit(database.url, ledger);
      expect(judgement.rowsLost).toBe(0);
      expect(judgement.unverified).toBeGreaterThan(0);
    });
  });

  test.each([
    ['shop', { SHOP_CANDIDATE: 'evil' }, 'SHOP_CANDIDATE'],
    ['shop', {}, 'SHOP_DATABASE_URL'],
    ['load', { LOAD_LEDGER_FILE: 'x', LOAD_SHOP_URL: 'http://127.0.0.1:1', LOAD_RATE: '-5' }, 'LOAD_RATE'],
  ])('the %s refuses %j and names the setting', async (program, settings, named) => {
    const child = start(program, settings, true);
    let complaint = '';
    child.stderr?.on('data', (text: Buffer) => (complaint += text.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect(code).not.toBe(0);
    expect(complaint).toContain(named);
  });
});

import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { expect, inject, it } from 'vitest';
import pg from 'pg';
import type { Environment } from '../../apps/config/config.js';
import { freePort } from '../../apps/local/ports.js';
import {
  eventsOf,
  inEnvironment,
  lookAtWorld,
  type EnvironmentOptions,
  type TestEnvironment,
} from '../support/rollouts.js';
import type { ShopDatabase } from '../support/rollouts/database.js';

/** Starts a rollout that must be refused, and answers why; nothing at all may have changed. */
async function refusal(
  options: EnvironmentOptions,
  arrange?: (environment: TestEnvironment) => unknown,
  { preflightWithin = '3s', resolved = true } = {},
): Promise<string> {
  let reason = '';
  await inEnvironment(options, async (environment) => {
    await arrange?.(environment);
    const look = async () => ({
      ...(await lookAtWorld(environment)),
      schemas: await environment.database.schemas(),
      files: (await readdir(dirname(environment.flagFile))).filter((name) => name.startsWith('flags')),
    });
    const before = await look();
    const rollout = await environment.start({ preflightWithin });
    const { outcome, closed, failure, journal } = await rollout.ended();

    expect({ closed, failure, type: outcome.type }).toEqual({
      closed: 'FAILED',
      failure: 'Refused',
      type: 'refused',
    });
    const acquired = resolved ? ['scope-acquired'] : [];
    // What an act that fits warns of comes before what is refused, and changes nothing either.
    const decided = journal.map(({ type }) => type).filter((type) => type !== 'warning');
    expect(decided).toEqual(['started', ...acquired, 'refused', 'ended']);
    expect(eventsOf(journal, 'refused')[0]?.reason).toBe(outcome.reason);
    expect(await look()).toEqual(before);
    expect(before.schemas).toEqual(['public', 'shop']);
    reason = outcome.reason;
  });
  return reason;
}

function withDatabaseUrl(change: (url: URL) => void) {
  return (environment: Environment, database: ShopDatabase): Environment => {
    const url = new URL(database.url);
    change(url);
    return { ...environment, databases: { shop: { url: url.href } } };
  };
}

it.concurrent('refuses a role that may write the table but does not own it', async () => {
  const role = `clerk_${randomBytes(5).toString('hex')}`;
  try {
    const reason = await refusal({
      async configure(environment, database) {
        const [{ name } = { name: '' }] = await database.query<{ name: string }>(
          'select current_database() as name',
        );
        await database.query(`create role ${role} login password 'clerk'`);
        await database.query(`grant usage on schema shop to ${role}`);
        await database.query(`grant all on all tables in schema shop to ${role}`);
        await database.query(`grant create on database ${name} to ${role}`);
        return withDatabaseUrl((url) => {
          url.username = role;
          url.password = 'clerk';
        })(environment, database);
      },
    });
    expect(reason).toMatch(/^nothing was changed: add-columns\/shop.customer failed/);
    expect(reason).toMatch(new RegExp(`table "?shop"?."?customer"?: role ${role} may not alter it`));
    expect(reason).toMatch(new RegExp(`GRANT \\w+ TO ${role}`));
  } finally {
    const client = new pg.Client({ connectionString: inject('postgresUrl') });
    await client.connect();
    await client.query(`drop role if exists ${role}`);
    await client.end();
  }
});

it.concurrent('refuses a flag file that is not JSON', async () => {
  const reason = await refusal({}, ({ flagFile }) =>
    writeFile(flagFile, '{"flags": {"split-name": oops}}\n'),
  );
  expect(reason).toMatch(
    /^nothing was changed: expose\/split-name\/25 failed: .*flags.json, line 1, column 26/,
  );
  expect(reason).toMatch(/is not JSON: found "oops.*fix it there/);
});

it.concurrent('refuses a metrics endpoint that answers with a web page', async () => {
  const reason = await refusal({}, ({ shop }) => (shop.answers = 'html'));
  expect(reason).toMatch(/^nothing was changed: the guards did not give leave to expose anyone: errors: /);
  expect(reason).toMatch(/source shop answers, but not with measurements.*\/metrics answers with text\/html/);
});

/** A lock is never granted to a name of which nobody can say what it stands for. */
const unresolved = /^nothing was changed: .*it cannot be found out what it names: database shop at /;

it.concurrent('refuses a database that is not there', async () => {
  const port = await freePort();
  const configure = withDatabaseUrl((url) => (url.port = String(port)));
  const reason = await refusal({ configure }, undefined, { resolved: false });
  expect(reason).toMatch(unresolved);
  expect(reason).toMatch(new RegExp(`:${port}/test_\\w+ cannot be reached: .*ECONNREFUSED`));
});

it.concurrent('refuses a database that never answers', async () => {
  const silent = await openSilence();
  try {
    const port = (silent.server.address() as AddressInfo).port;
    const configure = withDatabaseUrl((url) => (url.port = String(port)));
    // Longer than one attempt waits, so that there is a first attempt's reason.
    const reason = await refusal({ configure }, undefined, { preflightWithin: '7s', resolved: false });
    expect(reason).toMatch(unresolved);
    expect(reason).toMatch(new RegExp(`:${port}/test_\\w+ cannot be reached: .*timeout`));
  } finally {
    silent.close();
  }
});

/** Takes connections and says nothing. */
async function openSilence(): Promise<{ server: Server; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

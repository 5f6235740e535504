import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken } from '../../activities/identity/api-token.js';
import { makeDoorKey } from '../../activities/identity/door-key.js';
import { rights } from '../../src/identity/index.js';
import { startEnvironment, type TestEnvironment } from '../apps/cli/environment.js';
import { scratch } from '../apps/cli/plans.js';
import { startTestApi, type TestApi } from '../apps/api/http.js';

const settings = resolve(import.meta.dirname, 'schemathesis.toml');
const { token, id, hash } = createToken();
let environment: TestEnvironment;
let files: Awaited<ReturnType<typeof scratch>>;
let http: TestApi;

beforeAll(async () => {
  files = await scratch();
  environment = await startEnvironment();
  const key = await makeDoorKey('k1');
  process.env['SYSTEM_DOOR_KEY'] = key.secret;
  process.env['SYSTEM_RECORDS'] = environment.records.url;
  // But for taking back: that would begin rollouts of rollouts that never were, and this world recalls none.
  const most = rights.filter((right) => right !== 'revert');
  const everything = most.map((right) => ({ runbooks: '*', right, to: ['ana'] }));
  const expires = new Date(Date.now() + 3_600_000).toISOString();
  const config = await files.write('switchback.config.json', {
    environments: {
      [environment.name]: {
        kind: 'shared',
        records: { url: { env: 'SYSTEM_RECORDS' } },
        principals: { ana: { kind: 'person', groups: ['team-one'] } },
        policy: { rights: everything, drill: 'off' },
        identity: {
          tokens: [{ id, hash, principal: 'ana', scopes: [...rights], expires }],
          doors: { api: { keys: [{ kid: key.kid, x: key.x }], proofs: ['token'] } },
        },
        door: { name: 'api', key: { env: 'SYSTEM_DOOR_KEY' } },
      },
    },
  });
  const rate = { burst: 1_000_000, perSecond: 1_000_000 };
  http = await startTestApi({ environment: environment.name, config, rate });
});
afterAll(async () => {
  await http?.api.close();
  await environment?.stop();
  await files?.remove();
});

/** Runs every phase against the document; answers what was said and with what it ended. */
function schemathesis(...more: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const url = `${http.api.url}/openapi.json`;
  // A request may take as long as the machine is busy.
  const limits = ['--max-examples', '20', '--request-timeout', '120'];
  const args = ['--config-file', settings, 'run', url, '--no-color', ...limits, ...more];
  return new Promise((done, fail) => {
    const run = spawn('schemathesis', args, { cwd: files.dir });
    let said = '';
    run.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    run.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    run.once('error', () => fail(new Error('it is not there: pip install schemathesis')));
    run.once('exit', (code) => done({ code: code ?? 1, said }));
  });
}

describe('schemathesis finds no request that is answered otherwise than the document says', () => {
  it.each([
    ['with a token', ['-H', `Authorization: Bearer ${token}`]],
    ['without a token', []],
  ] as const)(
    '%s',
    async (_, more) => {
      const { code, said } = await schemathesis(...more);
      expect([code, code === 0 ? '' : said]).toEqual([0, '']);
      expect(http.log.join('\n')).not.toContain(token);
    },
    900_000,
  );
});

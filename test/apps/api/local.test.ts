import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startEnvironment, type TestEnvironment } from '../cli/environment.js';
import { askingPlan, exposingPlan, scratch } from '../cli/plans.js';
import { startTestApi, type TestApi } from './http.js';

let environment: TestEnvironment;
let files: Awaited<ReturnType<typeof scratch>>;
let http: TestApi;
let config: string;

beforeAll(async () => {
  files = await scratch();
  environment = await startEnvironment();
  config = await files.write('switchback.config.json', {
    environments: {
      [environment.name]: {
        ...environment.configured,
        people: { ana: ['team-one'], ben: ['sre'], carl: ['support'] },
        operators: ['sre'],
      },
    },
  });
  http = await startTestApi({ environment: environment.name, config });
});
afterAll(async () => {
  await http?.api.close();
  await environment?.stop();
  await files?.remove();
});

const ana = { as: 'ana' };
const ben = { as: 'ben' };

interface Status {
  readonly status: string;
  readonly gate?: { readonly approvals: readonly { readonly by: string }[] };
}

/** Starts a rollout and answers its path. */
async function start(plan: object): Promise<string> {
  const key = `k${randomUUID()}`;
  const started = await http.post('/v1/rollouts', { plan, key }, ana);
  expect([started.status, started.text]).toEqual([201, expect.any(String)]);
  return `/v1/rollouts/${started.json<{ runbook: string }>().runbook}/${key}`;
}

/** Starts one that asks, and answers what whoever starts is told. */
async function startAsking() {
  const started = await http.post('/v1/rollouts', { plan: askingPlan(), key: `k${randomUUID()}` }, ana);
  return started.json<{ rollout: string; runId: string }>();
}

async function untilStatus(path: string, wanted: string): Promise<string> {
  const look = async () => http.get(`${path}/status`, ana);
  return vi.waitUntil(
    async () => {
      const seen = await look();
      return seen.status === 200 && seen.json<Status>().status === wanted && seen.headers.get('etag');
    },
    { timeout: 20_000, interval: 100 },
  );
}

describe('a rollout over HTTP', () => {
  it('is started, looked at, approved by two people, and completes', async () => {
    const path = await start(askingPlan());
    const etag = await untilStatus(path, 'waiting');
    const yes = { headers: { 'if-match': etag } };
    const first = await http.post(`${path}/decisions/approve`, {}, { ...ana, ...yes });
    expect(first.json()).toMatchObject({ type: 'approve', by: 'ana', step: 'approve/go', accepted: true });
    const again = await http.post(`${path}/decisions/approve`, {}, { ...ana, ...yes });
    expect([again.status, again.json()['type']]).toEqual([409, 'urn:switchback:problem:refused']);
    expect((await http.get(`${path}/why`, ana)).json()).toMatchObject({ status: 'waiting' });
    expect((await http.post(`${path}/decisions/approve`, {}, { ...ben, ...yes })).status).toBe(200);
    await untilStatus(path, 'completed');
    const late = await http.post(`${path}/decisions/approve`, {}, { ...ben, ...yes });
    expect(late.status).toBe(409);

    const journal = await http.get(`${path}/journal`, ana);
    const { events } = journal.json<{ events: { type: string; number: number }[] }>();
    expect(events.at(-1)?.type).toBe('ended');
    const lines = await http.get(`${path}/journal`, { ...ana, headers: { accept: 'application/jsonl' } });
    expect(
      lines.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toEqual(events);
  });

  it('is shown to whoever may look at it without the run by which it is known to sentinel and locks', async () => {
    const { rollout, runId } = await startAsking();
    const path = rollout.replace(`rollout/${environment.name}`, '/v1/rollouts');
    const etag = await untilStatus(path, 'waiting');
    await http.post(`${path}/decisions/approve`, {}, { ...ana, headers: { 'if-match': etag } });
    await http.post(`${path}/decisions/abort`, { reason: 'seen enough' }, ana);
    await untilStatus(path, 'rolled-back');
    const { paths } = (await http.get('/openapi.json')).json<{ paths: Record<string, { get?: object }> }>();
    const looks = Object.entries(paths).flatMap(([template, { get }]) => (get ? [template] : []));
    expect(looks.filter((template) => template.includes('{key}')).length).toBeGreaterThan(6);
    for (const template of looks) {
      const at = template.replace(/.*\{runbook\}\/\{key\}/, path);
      const { text } = await http.get(at, ana);
      expect([at, text.length > 0, text.includes(runId)]).toEqual([at, true, false]);
    }
  });

  it('needs to be told what a decision is about, and refuses what is not open any more', async () => {
    const path = await start(askingPlan());
    const etag = await untilStatus(path, 'waiting');
    const approve = (headers: Record<string, string>) =>
      http.post(`${path}/decisions/approve`, {}, { ...ana, headers });
    expect((await approve({})).status).toBe(428);
    expect((await approve({ 'if-match': '*' })).status).toBe(428);
    const older = etag.replace(/\/\d+\//, '/7/');
    expect((await approve({ 'if-match': older })).status).toBe(412);
    expect((await approve({ 'if-match': etag })).status).toBe(200);
    const aborted = await http.post(`${path}/decisions/abort`, { reason: 'seen enough' }, ana);
    expect(aborted.status).toBe(200);
    await untilStatus(path, 'rolled-back');
  });

  it('is told as it goes, and from where somebody had heard it', async () => {
    const path = await start(exposingPlan('1s'));
    const heard = await http.get(`${path}/events`, ana);
    expect(heard.text).toMatch(/^id: 1\nevent: journal\ndata: \{"number":1,/);
    expect(heard.text).toMatch(/event: ended\ndata: \{\}\n\n$/);
    const last = [...heard.text.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1] ?? '';
    const rest = await http.get(`${path}/events?after=2`, ana);
    expect(rest.text).toMatch(/^id: 3\n/);
    const all = await http.get(`${path}/events`, { ...ana, headers: { 'last-event-id': last } });
    expect(all.status).toBe(204);
  });
});

it('listens to this machine alone, where a name is enough', async () => {
  const options = { environment: environment.name, config, host: '0.0.0.0' };
  await expect(startTestApi(options)).rejects.toThrow(/--host 0.0.0.0: is for other machines/);
});

describe('the environment over HTTP', () => {
  it('tells of its rollouts, locks, builds and health', async () => {
    for (const path of ['/health', '/ready', '/openapi.json'])
      expect((await http.get(path)).status).toBe(200);
    for (const path of [
      '/metrics',
      '/v1/whoami',
      '/v1/rollouts?all=true',
      '/v1/locks',
      '/v1/builds',
      '/v1/runbooks',
    ])
      expect([path, (await http.get(path, ana)).status]).toEqual([path, 200]);
  });

  it('is stopped and lifted by those who may', async () => {
    const stop = await http.post('/v1/locks/stop', { reason: 'smoke' }, ana);
    expect(stop.json()).toMatchObject({ type: 'stop', by: 'ana', accepted: true });
    expect((await http.post('/v1/locks/lift', { reason: 'no fire' }, ana)).status).toBe(409);
    expect((await http.post('/v1/locks/lift', { reason: 'no fire' }, ben)).status).toBe(200);
  });
});

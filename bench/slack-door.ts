import { makeDoorKey, openDoorKey } from '../activities/identity/door-key.js';
import { openRecords } from '../activities/records/records.js';
import { slackWeb } from '../activities/slack/web.js';
import type { SlackStore } from '../activities/slack/store.js';
import type { DirectClient } from '../apps/client/client.js';
import { createSigner } from '../apps/client/signing/signer.js';
import type { Environment } from '../apps/config/config.js';
import type { DemoSlack } from '../apps/local/slack-workspace.js';
import { serveSlack } from '../apps/slack/serve.js';
import { environment } from './plans.js';

/** A Slack door over the benchmark's records. */
interface BenchDoor {
  readonly store: SlackStore;
  /** Where it takes clicks. */
  readonly clicks: string;
  close(): Promise<void>;
}

/** The door as `switchback slack` opens it, but for its configuration: the benchmark's worker asks for no signature. */
export async function openBenchDoor(client: DirectClient, url: string, slack: DemoSlack): Promise<BenchDoor> {
  const records = openRecords(url);
  const key = await openDoorKey((await makeDoorKey('bench')).secret);
  const { team, channel, incidents, users, signingSecret, token, api } = slack;
  const person = { kind: 'person', groups: ['bench'], slack: { team, user: users['ana'] } };
  const configured = { kind: 'shared', people: {}, principals: { ana: person } } as unknown as Environment;
  const open = await serveSlack({
    environment,
    client,
    records,
    slack: { token, signingSecret, team, channel, incidents },
    web: slackWeb({ token, url: api }),
    signer: createSigner({ environment, door: 'slack' }, key),
    now: () => configured,
    receive: { host: '127.0.0.1', port: 0 },
    log: () => undefined,
  });
  return {
    store: records.slack,
    clicks: open.where,
    async close() {
      await open.close();
      await records.close();
    },
  };
}

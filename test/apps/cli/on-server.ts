import { afterAll, beforeAll, expect } from 'vitest';
import type { RolloutClient } from '../../../apps/client/client.js';
import { connect } from '../../../apps/client/connect.js';
import { eventually } from '../../support/eventually.js';
import { switchback, type ConsoleOptions, type Ran } from './console.js';
import { startEnvironment, type TestEnvironment } from './environment.js';
import { askingPlan, scratch } from './plans.js';

/** Commands against a server, in an environment of the test file's own. What it has is there once the tests run. */
export interface OnServer {
  readonly environment: TestEnvironment;
  readonly client: RolloutClient;
  readonly files: Awaited<ReturnType<typeof scratch>>;
  /** A file with a plan that asks two people. */
  readonly asking: string;
  /** The configuration. */
  readonly config: string;
  call(args: readonly string[], options?: ConsoleOptions): Promise<Ran>;
  /** Starts a plan file as ana, and answers the id. */
  start(file: string, ...more: string[]): Promise<string>;
  /** Also before the workflow's first task, when nobody can answer yet. */
  untilStatus(rollout: string, wanted: string): Promise<void>;
  approve(rollout: string, person: string): Promise<Ran>;
}

/** Sets an environment up before the tests of a file, and ends it after them. */
export function onServer(): OnServer {
  let there: Pick<OnServer, 'environment' | 'client' | 'files' | 'asking' | 'config'>;
  beforeAll(async () => {
    const files = await scratch();
    const environment = await startEnvironment();
    const environments = { [environment.name]: environment.configured };
    there = {
      files,
      environment,
      client: await connect({ address: environment.address, env: {} }),
      asking: await files.write('asking.json', askingPlan()),
      config: await files.write('switchback.config.json', { environments }),
    };
  });
  afterAll(async () => {
    await there?.client.close();
    await there?.environment.stop();
    await there?.files.remove();
  });

  const call = (args: readonly string[], options?: ConsoleOptions) =>
    switchback([...args, '--address', there.environment.address], options);
  return {
    get environment() {
      return there.environment;
    },
    get client() {
      return there.client;
    },
    get files() {
      return there.files;
    },
    get asking() {
      return there.asking;
    },
    get config() {
      return there.config;
    },
    call,
    async start(file, ...more) {
      const { name } = there.environment;
      const ran = await call(['start', file, '--env', name, '--as', 'ana', ...more, '-o', 'json']);
      expect(ran).toMatchObject({ code: 0, stderr: '' });
      return ran.json<{ rollout: string }>().rollout;
    },
    async untilStatus(rollout, wanted) {
      const status = () =>
        there.client.status(rollout).then(
          (report) => report.status,
          () => undefined,
        );
      await eventually(async () => expect(await status()).toBe(wanted));
    },
    approve: (rollout, person) => call(['approve', rollout, '--as', person, '-o', 'json']),
  };
}

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDaemon, type Daemon } from './daemon.js';
import { freePorts } from './ports.js';
import { ordinaryFarewell } from './processes.js';

/** The types a search attribute of a Temporal namespace can have. */
export type SearchAttributeKind = 'Keyword' | 'Text' | 'Int' | 'Bool' | 'Datetime' | 'Double';

/** A Temporal dev server of ours. */
export interface TemporalServer {
  /** `host:port` of the gRPC service. */
  address: string;
  /** Only when it was started with `ui`. */
  uiUrl?: string;
  pid: number;
  /** Ends it and waits until it is gone. May be called any number of times. */
  stop(): Promise<void>;
}

/** Settings of `startTemporal`. */
export interface TemporalServerOptions {
  /** The `temporal` CLI, see `provideTemporalCli`. */
  executable: string;
  /** Holds `temporal.log`; made when missing. */
  dir: string;
  /** Keeps workflows across restarts; without it they are lost when the server ends. */
  dbFile?: string;
  ui?: boolean;
  searchAttributes?: Record<string, SearchAttributeKind>;
  /** Settings of the server (`key=value`) besides ours. */
  dynamicConfig?: readonly string[];
  /** Made at the start. Default: `default`. */
  namespace?: string;
  /** Free ports for the service and the UI; replaced in tests. */
  choosePorts?: () => Promise<number[]>;
}

/** With the default each hop between two tasks waits for a tick of 50 ms: ten activities take 1 s instead of 0.1. */
const POLLS_PER_SECOND = 2_000;
const PROCESSORS = ['transferProcessor', 'timerProcessor', 'visibilityProcessor'];
/** An activity goes to the worker with the answer to the task that scheduled it: a hop less before anything is restored. */
const EAGER_ACTIVITIES = 'system.enableActivityEagerExecution=true';

/** What others wait for comes first: without it a queue is in order of arrival, whatever priority its tasks have. */
const PRIORITIES = 'matching.useNewMatcher=true';

/**
 * With the default a timer rings up to a second late: the server has read its timers for so long ahead, in case clocks of
 * its machines differ. This one has one clock.
 */
const TIMERS_IN_TIME = 'history.timerProcessorMaxTimeShift="20ms"';

/** Each environment of our workers is one, and a run of tests opens more of them than the default of 100. */
const MOST_DEPLOYMENTS = 10_000;

const READY_WITHIN_MS = 60_000;
const ATTEMPTS = 5;

/**
 * Starts a Temporal dev server on free ports of 127.0.0.1; answers once it serves the namespace.
 *
 * @throws with the end of its log when it exits early or is not ready within a minute
 */
export async function startTemporal(options: TemporalServerOptions): Promise<TemporalServer> {
  const { dir, choosePorts = () => freePorts(2) } = options;
  await mkdir(dir, { recursive: true });
  const log = join(dir, 'temporal.log');
  for (let attempt = 1; ; attempt++) {
    const [port, uiPort] = (await choosePorts()) as [number, number];
    const server = await startDaemon({
      name: 'Temporal',
      file: options.executable,
      args: serverArguments(options, port, uiPort),
      env: serverEnvironment(process.env),
      cwd: dir,
      log,
      farewell: ordinaryFarewell,
    });
    const address = `127.0.0.1:${port}`;
    const failure =
      (await untilAnnounced(server, port)) ??
      (await untilReady(server, address, options.namespace ?? 'default'));
    if (failure === undefined) {
      const ui = options.ui ? { uiUrl: `http://127.0.0.1:${uiPort}` } : {};
      return { address, ...ui, pid: server.pid, stop: server.stop };
    }
    const tail = await server.tail();
    await server.stop();
    if (attempt < ATTEMPTS && /address already in use|can't (set|listen on) .*port/i.test(tail)) continue;
    throw new Error(`the Temporal dev server ${failure}. The end of ${log}:\n${tail}`);
  }
}

function serverArguments(options: TemporalServerOptions, port: number, uiPort: number): string[] {
  const { dbFile, ui, searchAttributes = {}, namespace, dynamicConfig = [] } = options;
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'warn'];
  if (ui) args.push('--ui-port', String(uiPort));
  else args.push('--headless');
  if (dbFile !== undefined) args.push('--db-filename', dbFile);
  if (namespace !== undefined) args.push('--namespace', namespace);
  for (const [name, kind] of Object.entries(searchAttributes)) {
    args.push('--search-attribute', `${name}=${kind}`);
  }
  for (const processor of PROCESSORS) {
    args.push('--dynamic-config-value', `history.${processor}MaxPollRPS=${POLLS_PER_SECOND}`);
  }
  args.push('--dynamic-config-value', `matching.maxDeployments=${MOST_DEPLOYMENTS}`);
  args.push('--dynamic-config-value', EAGER_ACTIVITIES);
  args.push('--dynamic-config-value', PRIORITIES);
  args.push('--dynamic-config-value', TIMERS_IN_TIME);
  for (const setting of dynamicConfig) args.push('--dynamic-config-value', setting);
  return args;
}

/** Without TEMPORAL_*: they are meant for clients of another server, and the CLI would obey them. */
function serverEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

/**
 * Waits until it printed its port, for it does so once it has it: a server that lost the race for the port
 * ends instead, while the winner would answer our call. A version that prints something else costs two
 * seconds, in which a loser has long ended.
 */
async function untilAnnounced(server: Daemon, port: number): Promise<string | undefined> {
  const announced = new RegExp(`Server:\\s+\\S+:${port}\\b`);
  for (const deadline = performance.now() + 2_000; performance.now() < deadline; await sleep(25)) {
    const ended = server.ended();
    if (ended !== undefined) return `ended early (${ended})`;
    if (announced.test(await server.tail())) return undefined;
  }
  return undefined;
}

/** Answers undefined once a real call succeeds, else why it will not. */
async function untilReady(server: Daemon, address: string, namespace: string): Promise<string | undefined> {
  const { Connection } = await import('@temporalio/client');
  const deadline = performance.now() + READY_WITHIN_MS;
  let last: unknown;
  while (performance.now() < deadline) {
    const ended = server.ended();
    if (ended !== undefined) return `ended early (${ended})`;
    try {
      const connection = await Connection.connect({ address, connectTimeout: 2_000, tls: false });
      try {
        await connection.withDeadline(Date.now() + 2_000, () =>
          connection.workflowService.describeNamespace({ namespace }),
        );
        return undefined;
      } finally {
        await connection.close();
      }
    } catch (error) {
      last = error;
    }
    await sleep(50);
  }
  return `was not ready within ${READY_WITHIN_MS / 1000} s (last answer: ${String(last)})`;
}

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { devDefaults, openStack, type DevOptions, type OpenStack } from './dev.js';
import { isRunning } from '../../apps/local/processes.js';
import { readStateFile, stateFile } from '../../apps/config/state-file.js';
import { provideTemporalCli } from '../../apps/local/temporal-binary.js';

/** What the process that forked this one may ask for; each is answered with its own type. */
type Order =
  | {
      readonly type: 'relay';
      readonly to: 'shop' | 'load';
      readonly message: { type: string };
      readonly answer: string;
    }
  | { readonly type: 'stop' }
  /** Live on without whoever forked us. */
  | { readonly type: 'keep' };

interface Settings extends Omit<DevOptions, 'onProgress'> {
  /** Under a state file of its own when the usual one is taken, instead of being refused. */
  readonly beside?: true;
}

const { beside, ...options }: Settings = { ...devDefaults, ...JSON.parse(process.argv[2] ?? '{}') };
const tell = (message: object) => process.connected && process.send?.(message);

/** Until the servers' programs are there nothing has been started, and there is nothing to stop in order. */
let begun = false;
let kept = false;
let closing: Promise<void> | undefined;
const opening = start();

process.on('message', (order: Order) => void obey(order).catch(fail));
process.on('disconnect', () => !kept && void close());
process.on('SIGTERM', () => void close());
process.on('SIGINT', () => void close());

const open = await opening.catch(fail);
if (open)
  tell({
    type: 'ready',
    state: open.stack.state,
    stateFile: open.stateFile,
    ledgerFile: open.stack.ledgerFile,
    ...(open.stack.door && { door: open.stack.door }),
  });

/** The usual state file, so that commands find the stack. */
async function start(): Promise<OpenStack> {
  const onProgress = (line: string) => void tell({ type: 'progress', line });
  if (!process.env.TEMPORAL_ADDRESS) await provideTemporalCli({ onProgress });
  begun = true;
  const usual = stateFile();
  const other = await readStateFile(usual);
  const taken = beside && other !== undefined && (await isRunning(other.owner.pid));
  const file = taken ? join(await mkdtemp(join(tmpdir(), 'switchback-state-')), 'stack.json') : usual;
  return openStack({ ...options, onProgress }, file);
}

async function obey(order: Order): Promise<void> {
  switch (order.type) {
    case 'relay': {
      const { stack } = await opening;
      const value = await stack[order.to].ask(order.message, order.answer);
      tell({ type: 'relayed', value });
      return;
    }
    case 'keep':
      kept = true;
      tell({ type: 'kept' });
      return;
    case 'stop':
      await close();
  }
}

async function close(): Promise<void> {
  if (!begun) process.exit(0);
  closing ??= opening.then(
    (started) => started.close(),
    () => undefined,
  );
  await closing;
  process.exit(0);
}

function fail(error: unknown): undefined {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  tell({ type: 'failed', name, message });
  process.exitCode = 1;
  process.disconnect?.();
  return undefined;
}

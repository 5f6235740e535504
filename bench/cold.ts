import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { programOf } from '../apps/local/child-process.js';
import { against, type Figure } from './figures.js';
import type { Stage } from './stage.js';
import { median } from './statistics.js';

const times = 15;
/** 150 ms until whoever types a command sees something, 600 ms until a rollout is shown: beside 45 ms of a bare node. */
const goals = { help: 3.33, status: 13.3 };

/** How soon a command answers, from nothing, beside a node that does nothing: a busy machine slows both. */
export async function coldStarts({ say, address }: Stage, rollout: string, url: string): Promise<Figure[]> {
  say('starting commands');
  const { file, execArgv } = programOf(new URL('../apps/cli/main.js', import.meta.url));
  const command = (args: readonly string[]) => () => run([...execArgv, file, ...args]);
  const bare: number[] = [];
  const took = { help: [] as number[], status: [] as number[], overHttp: [] as number[] };
  const ways = {
    help: command(['--help']),
    status: command(['status', rollout, '--address', address]),
    overHttp: command(['status', rollout, '--server', url]),
  };
  for (let nth = 0; nth < times; nth++) {
    bare.push(await run(['--eval', '0']));
    for (const way of ['help', 'status', 'overHttp'] as const) took[way].push(await ways[way]());
  }
  const beside = (name: string, values: readonly number[], goal: number) =>
    against(`${name}, cold, median, ms, against bare node`, median(values), median(bare), goal);
  return [
    beside('switchback --help', took.help, goals.help),
    beside('switchback status', took.status, goals.status),
    beside('switchback status --server', took.overHttp, goals.status),
  ];
}

function run(args: readonly string[]): Promise<number> {
  const began = performance.now();
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const env = { ...process.env, SWITCHBACK_TOKEN: '', SWITCHBACK_URL: '' };
  return new Promise((resolve, reject) =>
    execFile(process.execPath, args, { cwd, env }, (error) =>
      error ? reject(error) : resolve(performance.now() - began),
    ),
  );
}

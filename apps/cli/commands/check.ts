import type { CheckFinding } from '../../../src/protocol/check.js';
import {
  print,
  withClient,
  type Context,
  type OutputOptions,
  type Register,
  type ServerOptions,
} from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { withEnvironment, withOutput, withParams, withServer } from '../options.js';
import { parseParams } from '../params.js';

interface CheckOptions extends ServerOptions, OutputOptions {
  readonly param: string[];
  readonly env?: string;
}

/** `switchback check`: what a rollout's preflight would find, without starting one. */
export const registerCheck: Register = (program, context) => {
  withEnvironment(withServer(withParams(withOutput(program.command('check')))))
    .description(
      "have the environment's worker look whether a plan fits: no rollout, no lock, no key is used",
    )
    .argument('<runbook>', 'a runbook (.ts, .js), or a plan in JSON (.json)')
    .action((file: string, options: CheckOptions) => check(file, options, context));
};

async function check(file: string, options: CheckOptions, context: Context): Promise<void> {
  const { loadPlan } = await import('../../config/load-runbook.js');
  const loaded = await loadPlan(file, parseParams(options.param), context.io.cwd);
  const { plan, digest } = loaded;
  await withClient(context, options, async (client) => {
    const environment = await client.environment(options.env);
    const request = { ...loaded, environment };
    const { findings } = await client.check(request);
    const fits = findings.every(({ verdict }) => verdict !== 'fail');
    if (!fits) context.exitCode = exitCodes.refused;
    const result = { environment, runbook: plan.runbook, digest, fits, findings };
    print(context, options, result, textOf(findings, fits, context));
  });
}

const marks = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL' } as const;

function textOf(findings: readonly CheckFinding[], fits: boolean, { paint }: Context): string {
  const painted = { ok: paint.green, warn: paint.yellow, fail: paint.red };
  const lines = findings.map(
    ({ verdict, about, found }) => `${painted[verdict](marks[verdict])}  ${about}: ${found}`,
  );
  return [...lines, '', fits ? 'it fits; nothing was started' : 'it does not fit; nothing was started'].join(
    '\n',
  );
}

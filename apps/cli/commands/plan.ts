import type { LoadedPlan } from '../../config/plan-file.js';
import {
  print,
  withClient,
  type Context,
  type OutputOptions,
  type Register,
  type ServerOptions,
} from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { withOutput, withParams, withServer } from '../options.js';
import { parseParams } from '../params.js';

interface PlanOptions extends ServerOptions, OutputOptions {
  readonly param: string[];
  readonly against?: string;
}

/** `switchback plan`: what a runbook would do. Talks to no server, but for a rollout to compare with. */
export const registerPlan: Register = (program, context) => {
  withServer(withParams(withOutput(program.command('plan'))))
    .description('evaluate a runbook, check it and show its plan; needs no server without --against')
    .argument('<runbook>', 'a runbook (.ts, .js), or a plan in JSON (.json)')
    .option(
      '--against <rollout>',
      'show what is another than in the plan of this rollout; 7 when anything is',
    )
    .action(async (file: string, options: PlanOptions) => {
      const { loadPlan } = await import('../../config/load-runbook.js');
      const loaded = await loadPlan(file, parseParams(options.param), context.io.cwd);
      const { warningsOf } = await import('../../../src/engine/plan/warnings.js');
      for (const warning of warningsOf(loaded.plan)) context.io.stderr.write(`warning: ${warning}\n`);
      const { against } = options;
      return against === undefined
        ? show(loaded, options, context)
        : compare(loaded, against, options, context);
    });
};

async function show({ plan, digest }: LoadedPlan, options: PlanOptions, context: Context): Promise<void> {
  const { planText } = await import('../plan-text.js');
  const text = options.output === 'text' ? await planText(plan, digest, context.paint) : '';
  print(context, options, { ...plan, digest }, text);
}

async function compare(
  { plan, digest }: LoadedPlan,
  given: string,
  options: PlanOptions,
  context: Context,
): Promise<void> {
  const { planDiff } = await import('../../../src/engine/plan/plan-diff.js');
  const { planDigest } = await import('../../../src/engine/plan/plan-digest.js');
  const { diffText } = await import('../plan-diff-text.js');
  await withClient(context, options, async (client) => {
    const rollout = await client.find(given);
    const before = await client.plan(rollout);
    const changes = planDiff(before, plan);
    if (changes.length > 0) context.exitCode = exitCodes.differs;
    const against = { rollout, digest: planDigest(before) };
    const value = { runbook: plan.runbook, digest, against, equal: changes.length === 0, changes };
    print(context, options, value, diffText(rollout, changes, context.paint));
  });
}

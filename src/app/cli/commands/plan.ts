import { print, type OutputOptions, type Register } from '../context.js';
import { withOutput, withParams } from '../options.js';
import { parseParams } from '../params.js';

/** `switchback plan`: what a runbook would do. Talks to no server. */
export const registerPlan: Register = (program, context) => {
  withParams(withOutput(program.command('plan')))
    .description('evaluate a runbook, check it and show its plan; needs no server')
    .argument('<runbook>', 'a runbook (.ts, .js), or a plan in JSON (.json)')
    .action(async (file: string, options: OutputOptions & { param: string[] }) => {
      const { loadPlan } = await import('../../load-runbook.js');
      const { plan, digest } = await loadPlan(file, parseParams(options.param), context.io.cwd);
      const { planText } = await import('../plan-text.js');
      const text = options.output === 'text' ? await planText(plan, digest, context.paint) : '';
      print(context, options, { ...plan, digest }, text);
    });
};

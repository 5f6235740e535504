import { defaultConfigFile } from '../../config/default-file.js';
import type { Environment } from '../../config/environment.js';
import { print, type Context, type OutputOptions, type Register } from '../context.js';
import { withOutput } from '../options.js';
import { table } from '../table.js';

interface RightsOptions extends OutputOptions {
  readonly env: string;
  readonly config: string;
}

/** `switchback rights`: who may do what, as the configuration says. */
export const registerRights: Register = (program, context) => {
  withOutput(program.command('rights'))
    .description('who may do what in an environment, as its configuration says; needs no server')
    .argument('[runbook]', 'its name, or its file (.ts, .js, or a plan in JSON); every runbook when absent')
    .requiredOption('--env <name>', 'the environment')
    .option('--config <file>', 'the configuration', defaultConfigFile)
    .action((runbook: string | undefined, options: RightsOptions) => show(runbook, options, context));
};

async function show(
  given: string | undefined,
  { env, config, ...options }: RightsOptions,
  context: Context,
): Promise<void> {
  const { resolve } = await import('node:path');
  const { environmentOf, readConfiguration } = await import('../../config/config.js');
  const { everyRunbook, rightsTable } = await import('../../../src/identity/rights.js');
  const { policyOf } = await import('../../config/identity/policy-of.js');
  const { localRights } = await import('../../config/identity/local-rights.js');
  const { cwd } = context.io;
  const environment = environmentOf(await readConfiguration(resolve(cwd, config)), env);
  const runbook = given === undefined ? everyRunbook : await nameOf(given, cwd);
  const rights =
    environment.kind === 'shared' ? rightsTable(policyOf(environment), runbook) : localRights(environment);
  const rows = rights.map(({ right, principals }) => [right, principals.join(', ') || 'nobody']);
  const text = `${headline(env, environment, runbook)}\n${table(['right', 'who'], rows)}`;
  print(context, options, { environment: env, runbook, rights }, text);
}

async function nameOf(given: string, cwd: string): Promise<string> {
  const { runbookName } = await import('../../config/runbook-name.js');
  return runbookName(given, cwd);
}

function headline(name: string, { kind }: Environment, runbook: string): string {
  const where = runbook === '*' ? 'on every runbook' : `on ${runbook}`;
  if (kind === 'shared') return `who may do what in ${name}, ${where}`;
  return `${name} is ${kind}: people are taken by their name, and of those below a plan asks for its groups`;
}

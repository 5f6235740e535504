import { InvalidArgumentError, Option } from 'commander';
import { defaultConfigFile } from '../../config/default-file.js';
import { rights, type Right } from '../../../src/identity/rights.js';
import { registeredAs } from '../../../src/identity/principal.js';
import { Refusal } from '../../client/client.js';
import { print, type Context, type OutputOptions, type Register } from '../context.js';
import { durationOption } from '../duration-option.js';
import { withOutput } from '../options.js';

interface CreateOptions extends OutputOptions {
  readonly principal: string;
  readonly scope: readonly Right[];
  /** Milliseconds. */
  readonly expires: number;
  readonly env?: string;
  readonly config: string;
}

const defaultLife = 90 * 86_400_000;

/** `switchback token`: API tokens. */
export const registerToken: Register = (program, context) => {
  const tokens = program
    .command('token')
    .description('API tokens, with which programs and people use the API');
  withOutput(tokens.command('create'))
    .description(
      'make a token: it is shown once, with the entry that the configuration needs; needs no server',
    )
    .requiredOption('--principal <name>', 'whose token it is')
    .addOption(scopes())
    .addOption(durationOption('--expires <duration>', 'for how long it counts').default(defaultLife, '90d'))
    .option('--env <name>', 'look the principal up in this environment')
    .option('--config <file>', 'the configuration that is looked into', defaultConfigFile)
    .action((options: CreateOptions) => create(options, context));
};

function scopes(): Option {
  const text = `a right that it carries, may be repeated: ${rights.join(', ')}`;
  return new Option('--scope <right>', text).argParser(addRight).default([], 'none').makeOptionMandatory();
}

function addRight(value: string, before: readonly Right[]): readonly Right[] {
  const right = rights.find((one) => one === value);
  if (!right) throw new InvalidArgumentError(`Use one of ${rights.join(', ')}.`);
  return [...new Set([...before, right])];
}

async function create(options: CreateOptions, context: Context): Promise<void> {
  const { principal, scope, expires } = options;
  if (scope.length === 0)
    throw new Refusal('a token', 'carries no right', 'give one with --scope, such as view');
  await refuseUnknown(options);
  const { createToken } = await import('../../../activities/identity/api-token.js');
  const { token, id, hash } = createToken();
  const until = new Date(Date.now() + expires).toISOString();
  const entry = { id, hash, principal, scopes: scope, expires: until };
  print(context, options, { token, entry }, textOf(token, entry));
}

/** A token of a name that is misspelt would count for nobody, and later for whoever gets the name. */
async function refuseUnknown({ principal, env, config }: CreateOptions): Promise<void> {
  if (env === undefined) return;
  const { environmentOf, readConfiguration } = await import('../../config/config.js');
  const { principals = {} } = environmentOf(await readConfiguration(config), env);
  if (registeredAs({ principals }, principal)) return;
  const known = Object.keys(principals).join(', ') || 'none';
  throw new Refusal(`principal ${principal}`, `is not known in environment ${env}`, `use one of ${known}`);
}

function textOf(token: string, entry: object): string {
  return [
    'The token, which is shown this once; keep it as you keep a password:',
    '',
    `  ${token}`,
    '',
    'For identity.tokens of the environment, in the configuration of its doors:',
    '',
    JSON.stringify(entry, null, 2),
  ].join('\n');
}

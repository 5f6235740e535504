import { defaultConfigFile } from '../../config/default-file.js';
import type { Examination } from '../../client/client.js';
import {
  print,
  withClient,
  type Context,
  type OutputOptions,
  type Register,
  type ServerOptions,
} from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { withEnvironment, withOutput, withServer } from '../options.js';

interface DoctorOptions extends ServerOptions, OutputOptions {
  readonly env?: string;
  readonly config: string;
}

/** `switchback doctor`: looks at everything that an environment rests on, and changes nothing. */
export const registerDoctor: Register = (program, context) => {
  withEnvironment(withServer(withOutput(program.command('doctor'))))
    .description(
      'look at everything that an environment rests on, say what is broken and what to do; changes nothing',
    )
    .option('--config <file>', 'the configuration of its workers', defaultConfigFile)
    .action((options: DoctorOptions) =>
      withClient(context, options, async (client) => {
        const environment = await client.environment(options.env);
        const examined = await client.examine(environment, options.config);
        const failed = examined.some(({ verdict }) => verdict === 'fail');
        if (failed) context.exitCode = exitCodes.notCompleted;
        print(
          context,
          options,
          { environment, healthy: !failed, checks: examined },
          textOf(examined, context),
        );
      }),
    );
};

const marks = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL' } as const;

function textOf(examined: readonly Examination[], { paint }: Context): string {
  const painted = { ok: paint.green, warn: paint.yellow, fail: paint.red };
  return examined
    .flatMap(({ name, findings }) =>
      findings.flatMap(({ verdict, found, fix }) => [
        `${painted[verdict](marks[verdict])}  ${name}: ${found}`,
        ...(fix === undefined ? [] : [`      ${fix}`]),
      ]),
    )
    .join('\n');
}

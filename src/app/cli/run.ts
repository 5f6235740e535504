import { Command, CommanderError } from 'commander';
import { isRefusal, NoAnswer, Unreachable } from '../client/failures.js';
import { packageVersion } from '../version.js';
import { registerAbort } from './commands/abort.js';
import { registerAdvance } from './commands/advance.js';
import { registerAnswer } from './commands/answer.js';
import { registerApprove } from './commands/approve.js';
import { registerBuilds } from './commands/builds.js';
import { registerDev } from './commands/dev.js';
import { registerExtend } from './commands/extend.js';
import { registerHalt } from './commands/halt.js';
import { registerHelp } from './commands/help.js';
import { registerJournal } from './commands/journal.js';
import { registerList } from './commands/list.js';
import { registerLocks } from './commands/locks.js';
import { registerPause } from './commands/pause.js';
import { registerPlan } from './commands/plan.js';
import { registerReject } from './commands/reject.js';
import { registerResolve } from './commands/resolve.js';
import { registerResume } from './commands/resume.js';
import { registerRetry } from './commands/retry.js';
import { registerSkip } from './commands/skip.js';
import { registerStart } from './commands/start.js';
import { registerRescue, registerRevert } from './commands/take-back.js';
import { registerStatus } from './commands/status.js';
import { registerStop } from './commands/stop.js';
import { registerWhy } from './commands/why.js';
import { registerWorker } from './commands/worker.js';
import { createContext, type Context } from './context.js';
import { exitCodes, exitCodesHelp, type ExitCode } from './exit-codes.js';
import type { Io } from './io.js';

const commands = [
  registerPlan,
  registerStart,
  registerStatus,
  registerWhy,
  registerApprove,
  registerReject,
  registerAbort,
  registerAnswer,
  registerPause,
  registerResume,
  registerAdvance,
  registerExtend,
  registerRetry,
  registerSkip,
  registerHalt,
  registerResolve,
  registerStop,
  registerLocks,
  registerRevert,
  registerRescue,
  registerList,
  registerJournal,
  registerWorker,
  registerBuilds,
  registerDev,
  registerHelp,
];

/** Runs one command and answers its exit code. The only place where errors become messages and codes. */
export async function run(args: readonly string[], io: Io): Promise<ExitCode> {
  const context = createContext(io);
  try {
    await createProgram(context).parseAsync(args, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return usageCode(error);
    io.stderr.write(`${messageOf(error, io.env)}\n`);
    return codeOf(error);
  }
}

function createProgram(context: Context): Command {
  const { io } = context;
  const program = new Command('switchback');
  program
    .description(
      'Durable rollout runbooks on Temporal: expand, canary, soak, promote, contract, each with a way back.',
    )
    .version(packageVersion(), '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
    })
    .showSuggestionAfterError()
    .showHelpAfterError('(see --help of the command)')
    .addHelpText('after', `\n${exitCodesHelp}`);
  for (const register of commands) register(program, context);
  return program;
}

/** Commander has written its message already. */
function usageCode({ code, exitCode }: CommanderError): ExitCode {
  return exitCode === 0 && code !== 'commander.help' ? exitCodes.done : exitCodes.usage;
}

function codeOf(error: unknown): ExitCode {
  if (isRefusal(error)) return exitCodes.refused;
  return error instanceof Unreachable ? exitCodes.unreachable : exitCodes.unexpected;
}

function messageOf(error: unknown, env: NodeJS.ProcessEnv): string {
  if (!(error instanceof Error)) return `unexpected: ${String(error)}`;
  if (isRefusal(error) || error instanceof Unreachable || error instanceof NoAnswer) return error.message;
  if (env.SWITCHBACK_DEBUG) return error.stack ?? error.message;
  return `unexpected: ${error.message}; SWITCHBACK_DEBUG=1 shows where it comes from`;
}

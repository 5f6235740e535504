import { Command, CommanderError } from 'commander';
import { isRefusal, NoAnswer, Unreachable } from '../../activities/temporal/failures.js';
import { packageVersion } from '../config/version.js';
import { registerApi } from './commands/api.js';
import { registerAnswer } from './commands/answer.js';
import { registerBreakGlass } from './commands/break-glass.js';
import { registerBuilds } from './commands/builds.js';
import { registerCheck } from './commands/check.js';
import { registerComment } from './commands/comment.js';
import { registerDelegation } from './commands/delegation.js';
import { registerDev } from './commands/dev.js';
import { registerDoctor } from './commands/doctor.js';
import { registerDoorKey } from './commands/door-key.js';
import { registerDrill } from './commands/drill.js';
import { registerExtend } from './commands/extend.js';
import { registerHelp } from './commands/help.js';
import { registerJournal } from './commands/journal.js';
import { registerList } from './commands/list.js';
import { registerLocks } from './commands/locks.js';
import { registerLogin } from './commands/login.js';
import { registerLogout } from './commands/logout.js';
import { registerNotify } from './commands/notify.js';
import { registerPause } from './commands/pause.js';
import { registerPlainDecisions } from './commands/plain-decisions.js';
import { registerPlan } from './commands/plan.js';
import { registerRecords } from './commands/records.js';
import { registerRepair } from './commands/repair.js';
import { registerResolve } from './commands/resolve.js';
import { registerRights } from './commands/rights.js';
import { registerSlack } from './commands/slack.js';
import { registerStart } from './commands/start.js';
import { registerRescue, registerRevert } from './commands/take-back.js';
import { registerStatus } from './commands/status.js';
import { registerStop } from './commands/stop.js';
import { registerTimeline } from './commands/timeline.js';
import { registerToken } from './commands/token.js';
import { registerWait } from './commands/wait.js';
import { registerWhoami } from './commands/whoami.js';
import { registerWhy } from './commands/why.js';
import { registerWorker } from './commands/worker.js';
import { createContext, type Context } from './context.js';
import { exitCodes, exitCodesHelp, type ExitCode } from './exit-codes.js';
import { Interrupted } from './interruption.js';
import type { Io } from './io.js';
import { UsageError } from './usage-error.js';

const commands = [
  registerPlan,
  registerCheck,
  registerStart,
  registerStatus,
  registerWait,
  registerWhy,
  registerPlainDecisions,
  registerComment,
  registerBreakGlass,
  registerAnswer,
  registerPause,
  registerExtend,
  registerResolve,
  registerStop,
  registerLocks,
  registerRepair,
  registerDoctor,
  registerRevert,
  registerRescue,
  registerList,
  registerJournal,
  registerTimeline,
  registerDrill,
  registerWorker,
  registerApi,
  registerSlack,
  registerRecords,
  registerNotify,
  registerBuilds,
  registerRights,
  registerLogin,
  registerLogout,
  registerWhoami,
  registerToken,
  registerDoorKey,
  registerDelegation,
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
  if (error instanceof Interrupted) return exitCodes.detached;
  if (error instanceof UsageError) return exitCodes.usage;
  return error instanceof Unreachable ? exitCodes.unreachable : exitCodes.unexpected;
}

function messageOf(error: unknown, env: NodeJS.ProcessEnv): string {
  if (!(error instanceof Error)) return `unexpected: ${String(error)}`;
  if (isRefusal(error) || error instanceof Unreachable || error instanceof NoAnswer) return error.message;
  if (error instanceof Interrupted) return error.message;
  if (error instanceof UsageError) return `error: ${error.message}\n(see --help of the command)`;
  if (env.SWITCHBACK_DEBUG) return error.stack ?? error.message;
  return `unexpected: ${error.message}; SWITCHBACK_DEBUG=1 shows where it comes from`;
}

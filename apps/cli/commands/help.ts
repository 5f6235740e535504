import type { Register } from '../context.js';
import { exitCodesHelp } from '../exit-codes.js';

/** `switchback help`: of the program, of a command, or of a topic. */
export const registerHelp: Register = (program, { io }) => {
  program
    .helpCommand(false)
    .command('help')
    .description('show the help of a command, or what the exit codes mean: help exit-codes')
    .argument('[topic]', 'a command, or exit-codes')
    .action((topic: string | undefined) => {
      if (topic === 'exit-codes') {
        io.stdout.write(`${exitCodesHelp}\n`);
        return;
      }
      const found =
        topic === undefined ? program : program.commands.find((command) => command.name() === topic);
      if (!found) return program.error(`error: unknown topic '${topic}'\n(use a command, or exit-codes)`);
      found.outputHelp();
    });
};

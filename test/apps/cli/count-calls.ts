import { Connection } from '@temporalio/client';
import { onTestFinished, vi } from 'vitest';

/** The names of the calls that commands make of the server from now on. */
export function countCalls(): string[] {
  const names: string[] = [];
  const real = Connection.connect.bind(Connection);
  const connecting = vi.spyOn(Connection, 'connect').mockImplementation(async (options) => {
    const connection = await real(options);
    const { workflowService } = connection;
    const counting = new Proxy(workflowService, {
      get(target, name: keyof typeof workflowService) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          names.push(name);
          return (member as (...given: unknown[]) => unknown).apply(target, args);
        };
      },
    });
    return Object.defineProperty(connection, 'workflowService', { value: counting });
  });
  onTestFinished(() => connecting.mockRestore());
  return names;
}

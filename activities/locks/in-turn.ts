/** Waits for its turn until `deadline`, a time in milliseconds since the epoch; throws when it has not come by then. */
export type InTurn = <T>(deadline: number, work: () => Promise<T>) => Promise<T>;

/** Lets at most so many pieces of work run at the same time; the others wait in the order in which they came. */
export function atMost(limit: number): InTurn {
  let free = limit;
  const waiting: (() => void)[] = [];

  const turn = (deadline: number) =>
    new Promise<void>((resolve, reject) => {
      const come = () => {
        clearTimeout(timer);
        resolve();
      };
      const tooLate = () => {
        waiting.splice(waiting.indexOf(come), 1);
        reject(new Error('its turn did not come in time: others are still being answered'));
      };
      const timer = setTimeout(tooLate, deadline - Date.now());
      waiting.push(come);
    });

  return async (deadline, work) => {
    if (free > 0) free -= 1;
    else await turn(deadline);
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

/** Lets somebody who waits go on at once. */
export function waker(): { readonly wake: () => void; readonly woken: () => Promise<void> } {
  let wakeUp = (): void => undefined;
  let next = new Promise<void>((resolve) => (wakeUp = resolve));
  return {
    wake() {
      wakeUp();
      next = new Promise((resolve) => (wakeUp = resolve));
    },
    woken: () => next,
  };
}

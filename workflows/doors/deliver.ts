type Handle = (message: unknown) => void;

const handlers = new Map<string, Handle>();
let early: { readonly name: string; readonly message: unknown }[] = [];

/** Hands a signal to whoever handles those of its name, now or as soon as there is somebody. */
export function deliver(name: string, message: unknown): void {
  const handle = handlers.get(name);
  if (handle) handle(message);
  else early.push({ name, message });
}

/** Who handles the signals of each name. What has come before is handed on at once, in its order. */
export function receive(all: ReadonlyMap<string, Handle>): void {
  for (const [name, handle] of all) handlers.set(name, handle);
  const before = early;
  early = [];
  for (const { name, message } of before) deliver(name, message);
}

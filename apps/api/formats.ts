/** Whether one of these formats is accepted. Without the header everything is. */
export function accepted(header: string | undefined, types: readonly string[]): boolean {
  if (header === undefined || header.trim() === '') return true;
  return types.some((type) => weight(header, type) > 0);
}

/** Whether a format is preferred to another one. */
export function prefers(header: string | undefined, type: string, to: string): boolean {
  return header !== undefined && weight(header, type) > weight(header, to);
}

/** Whether a body says that it is JSON in UTF-8, which a form of a web page never does. */
export function isJson(header: string | undefined): boolean {
  return /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(header ?? '');
}

/** How much a format is wanted, from 0 to 1: the most exact range that names it counts. */
function weight(header: string, type: string): number {
  const [main] = type.split('/');
  const ranges = header.split(',').map(rangeOf);
  for (const name of [type, `${main}/*`, '*/*']) {
    const found = ranges.find((range) => range.name === name);
    if (found) return found.quality;
  }
  return 0;
}

function rangeOf(text: string): { readonly name: string; readonly quality: number } {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const given = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = given === undefined ? 1 : Number(given.slice(2));
  return { name, quality: Number.isNaN(quality) ? 0 : quality };
}

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** A response, with what it answers. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

interface Answer {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}
interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Answer>> }>>>
  >;
}

/** Throws for a response that the document does not describe: its status, its format, or a member of its body. */
export function conformance(given: unknown): (exchange: Exchange) => void {
  const document = given as Document;
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: 'api', ...document });
  const compiled = new Map<string, ValidateFunction>();
  const validatorOf = (pointer: string): ValidateFunction => {
    const known = compiled.get(pointer) ?? ajv.compile({ $ref: `api#${pointer}` });
    compiled.set(pointer, known);
    return known;
  };

  return ({ method, path, status, type, text }) => {
    const about = `${method} ${path} answered ${status}`;
    const media = type?.split(';')[0]?.trim();
    const found = operationAt(document, method, path);
    // No operation is there: an address that does not exist, or a method that it has not.
    const pointer = found
      ? responsePointer(document, found, method, status, media, about)
      : '/components/schemas/Problem';
    if (pointer === undefined || media?.endsWith('json') !== true) return;
    const validate = validatorOf(pointer);
    if (validate(JSON.parse(text))) return;
    throw new Error(`${about}, not as documented: ${ajv.errorsText(validate.errors)}\n${text}`);
  };
}

function operationAt({ paths }: Document, method: string, path: string): string | undefined {
  const asked = path.split('?')[0] ?? '';
  return Object.keys(paths).find(
    (template) =>
      new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(asked) &&
      paths[template]?.[method.toLowerCase()] !== undefined,
  );
}

function responsePointer(
  { paths }: Document,
  template: string,
  method: string,
  status: number,
  media: string | undefined,
  about: string,
): string | undefined {
  const name = method.toLowerCase();
  const answer = paths[template]?.[name]?.responses[String(status)];
  if (!answer) throw new Error(`${about}, which is not documented`);
  if (!answer.content && media === undefined) return undefined;
  if (media === undefined || !answer.content?.[media]) {
    throw new Error(`${about} as ${media}, which is not documented`);
  }
  const escape = (text: string) => text.replaceAll('~', '~0').replaceAll('/', '~1');
  const parts = ['paths', template, name, 'responses', String(status), 'content', media, 'schema'];
  return `/${parts.map((part) => encodeURIComponent(escape(part))).join('/')}`;
}

import { canonicalJson, type Json } from '../../src/engine/base/json.js';
import { memberOf, type Flag, type FlagDocument } from './document.js';
import { locateJson, type JsonMember, type JsonNode } from '../files/json-text.js';

/**
 * The file's text with another targeting of one flag, or with none (`undefined`). Every other byte is kept.
 * A new member follows the style of its neighbours, and removing it gives the text from before it was added.
 */
export function withTargeting(document: FlagDocument, flag: Flag, targeting: Json | undefined): string {
  const { text } = document;
  const member = memberOf(document.file, flag.node, 'targeting');
  if (targeting === undefined) return member ? remove(text, flag, member) : text;
  const style = styleOf(text, flag.node);
  if (member) {
    const { start, end } = member.value;
    const present = text.slice(start, end);
    return splice(text, start, end, weightsReplaced(present, targeting) ?? format(targeting, style));
  }
  const added = `"targeting": ${format(targeting, style)}`;
  const last = flag.node.members.at(-1);
  if (last) return splice(text, last.value.end, last.value.end, `,${style.separator}${added}`);
  return splice(text, flag.node.start + 1, flag.node.end - 1, `${style.separator}${added}`);
}

function remove(text: string, { node }: Flag, member: JsonMember): string {
  const index = node.members.indexOf(member);
  const before = node.members[index - 1];
  if (before) return splice(text, before.value.end, member.value.end, '');
  const after = node.members[index + 1];
  return splice(text, member.start, after?.start ?? member.value.end, '');
}

interface Style {
  /** What stands between two members, after the comma. */
  readonly separator: string;
  readonly unit: string;
  readonly newline: string;
}

function styleOf(text: string, node: Flag['node']): Style {
  const first = node.members[0];
  const separator = first ? text.slice(node.start + 1, first.start) : '';
  const newline = separator.includes('\r\n') ? '\r\n' : '\n';
  if (!separator.includes('\n')) return { separator, unit: '', newline };
  const indent = separator.slice(separator.lastIndexOf('\n') + 1);
  const lastEnd = node.members.at(-1)?.value.end ?? node.start;
  const closing = text.slice(lastEnd, node.end - 1);
  const outer = closing.slice(closing.lastIndexOf('\n') + 1);
  return { separator: newline + indent, unit: indent.slice(outer.length) || '  ', newline };
}

function format(value: Json, { separator, unit, newline }: Style): string {
  if (unit === '') return JSON.stringify(value);
  const indent = separator.slice(newline.length);
  return JSON.stringify(value, null, unit).replaceAll('\n', newline + indent);
}

/** `present` in its own formatting with the weights of `wanted`; undefined when more than these differs. */
function weightsReplaced(present: string, wanted: Json): string | undefined {
  const wantedText = JSON.stringify(wanted);
  const from = weightNodes(locateJson(wantedText));
  const to = weightNodes(locateJson(present));
  if (!from || !to) return undefined;
  const number = (index: 0 | 1) => wantedText.slice(from[index].start, from[index].end);
  const withRest = splice(present, to[1].start, to[1].end, number(1));
  const edited = splice(withRest, to[0].start, to[0].end, number(0));
  return canonicalJson(JSON.parse(edited) as Json) === canonicalJson(wanted) ? edited : undefined;
}

/** Where the two weights of a rule of our shape stand. */
function weightNodes(node: JsonNode): readonly [JsonNode, JsonNode] | undefined {
  const rule = node.kind === 'object' ? node.members[0]?.value : undefined;
  if (rule?.kind !== 'array') return undefined;
  const [, candidate, baseline] = rule.items;
  if (candidate?.kind !== 'array' || baseline?.kind !== 'array') return undefined;
  const [share, rest] = [candidate.items[1], baseline.items[1]];
  return share && rest && [share, rest];
}

function splice(text: string, start: number, end: number, insert: string): string {
  return text.slice(0, start) + insert + text.slice(end);
}

/** A person's name as it travels in JSON; `full` is given and family with one space between. */
export interface Name {
  readonly given: string;
  readonly family: string;
  readonly full: string;
}

/** Given names of one word. */
export const GIVEN =
  words(`Amelia Ahmed Anna Bruno Carla Chen Clara Daniel David Elena Emil Fatima Felix Grace Hana
  Hugo Ines Ivan Jack Jan Julia Kofi Lars Laura Leo Lina Marco Maria Mateo Maya Mia Milan Nadia Noah Nora Olga Omar
  Oscar Paul Peter Priya Rosa Ruth Sam Sara Sofia Tomas Vera Viktor Yara Yusuf Zoe`);

/** Given names of two words. In a full name nothing tells their second word from a family name. */
export const GIVEN_OF_TWO = [
  'Mary Ann',
  'Anna Maria',
  'Jean Paul',
  'Billie Jean',
  'Juan Carlos',
  'Sarah Jane',
  'Karl Otto',
];

/** Family names of one word. */
export const FAMILY =
  words(`Abbott Adams Ali Andersson Bauer Becker Brown Carter Chaudhry Clark Cohen Costa Diaz Dubois
  Evans Fischer Fernandez Garcia Green Gruber Hansen Haddad Hill Horvat Ito Ivanova Jensen Johnson Jones Kim Khan Kowalski
  Larsen Lee Lopez Martin Meyer Mensah Moreau Murphy Nakamura Nguyen Novak Okafor Olsen Park Patel Perez Popescu Quinn
  Reyes Rossi Santos Sato Schmidt Silva Singh Smith Taylor Torres Usman Virtanen Wagner Weber Yilmaz Young Zhang`);

/** Family names of two words. */
export const FAMILY_OF_TWO = [
  'van Dijk',
  'de Vries',
  'von Braun',
  'da Costa',
  'Le Guin',
  'di Stefano',
  'ter Horst',
  'al Masri',
];

/** A name from its two parts. */
export function nameOf(given: string, family: string): Name {
  return { given, family, full: family === '' ? given : `${given} ${family}` };
}

/** What can be made of a full name alone: its first word is taken as given name, the rest as family name. */
export function splitFullName(full: string): Name {
  const space = full.indexOf(' ');
  return space < 0
    ? { given: full, family: '', full }
    : { given: full.slice(0, space), family: full.slice(space + 1), full };
}

function words(text: string): readonly string[] {
  return text.split(/\s+/);
}

const LONGEST = 80;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A user's text as it may stand in a message: in quotes, at most 80 characters of it, invisible ones written out. */
export function excerpt(text: string): string {
  const characters = [...text.slice(0, 2 * LONGEST + 2)];
  const shown = characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : text;
  return `"${visible(shown)}"`;
}

/** A text with its invisible characters written out, so that it changes nothing but itself on a terminal. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, written);
}

function written(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}

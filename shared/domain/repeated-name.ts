/** A string, with the colon that makes it a name, or a border of an object. */
const TOKEN = /(?<string>"(?:[^"\\]|\\.)*")\s*(?<colon>:)?|[{}]/g;

/**
 * The first name that stands twice in one object of a JSON text. JSON.parse takes the last of them without a word, so that a person who reads
 * the first, or a proxy in front that checks it, is told something else than what is done.
 * @param json a text that JSON.parse takes
 */
export function repeatedName(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (const {0: token, groups} of json.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    if (token === '}') open.pop();
    if (groups?.string === undefined || groups.colon === undefined) continue;
    const name = String(JSON.parse(groups.string));
    const names = open.at(-1);
    if (names?.has(name)) return name;
    names?.add(name);
  }
  return undefined;
}

const WILDCARDS: Readonly<Record<string, string>> = {
  '**/': '(?:.*/)?',
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
};

/**
 * A path pattern of .dockerignore and COPY as a regular expression: `*` and `?` stay within a folder, `**` does not.
 * Unlike a shell's, they match names that begin with a dot (https://docs.docker.com/build/concepts/context/#syntax).
 */
export function pathPattern(pattern: string): RegExp {
  const source = pattern.replace(
    /\*\*\/|[*]{1,2}|[?.+^$(){}|\\]/g,
    (token) => WILDCARDS[token] ?? `\\${token}`,
  );
  return new RegExp(`^${source}$`);
}

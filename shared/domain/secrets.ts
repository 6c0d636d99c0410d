/** Where a record of the log begins a word: at its start, or after an escape such as `\n`. */
const WORD_START = String.raw`(?:(?<![\w-])|(?<=\\(?:[bfnrt]|u[0-9a-f]{4})))`;

/** What opens something, by its name. None takes a quote or a backslash alone, so JSON stays JSON when it is cut out. */
const SECRETS = {
  'a bearer token': /Bearer [\w.~+/=-]{12,}/,
  'an access token of Google': /ya29\.[\w.-]+/,
  'an identity token': new RegExp(String.raw`${WORD_START}eyJ[\w-]+\.[\w-]+\.[\w-]*`),
  'the signature of a URL': /(?<=X-Goog-Signature=)\w+/,
  'a private key':
    /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[\w+/=\s]|\\[nr])*(?:-----END [A-Z ]*PRIVATE KEY-----)?/,
  'an API key of Google': /AIza[\w-]{35}/,
  'a refresh token of Google': /1\/\/0[\w-]{20,}/,
  'a client secret of Google': /GOCSPX-[\w-]{20,}/,
  'a token of GitHub': /gh[opsur]_\w{36,}|github_pat_\w{22,}/,
  'an access key of AWS': /(?:AKIA|ASIA)[A-Z0-9]{16}/,
  'a token of Slack': /xox[abprs]-[\w-]{10,}/,
  'a password in a URL': /(?<=:\/\/[^\s/:@"\\]{1,64}:)[^\s/@"\\]{1,256}(?=@)/,
};

const ANY_SECRET = new RegExp(
  Object.values(SECRETS)
    .map(({source}) => source)
    .join('|'),
  'g',
);

/** The text, also of a line of JSON, with `[secret]` in the place of what opens something. */
export function hideSecrets(text: string): string {
  return text.replace(ANY_SECRET, '[secret]');
}

/** What kind of secret a text seems to hold, e.g. `an API key of Google`; undefined when none. */
export function secretIn(text: string): string | undefined {
  return Object.entries(SECRETS).find(([, pattern]) => pattern.test(text))?.[0];
}

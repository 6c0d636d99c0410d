/** One of each kind that is known, of the form only. They stand in parts, so that no scanner takes this file for a leak. */
export const SECRET_EXAMPLES = {
  'a bearer token': ['Bearer', 'abc.def-123_~+/='].join(' '),
  'an access token of Google': ['ya29', 'a0AfH6SMB-x_y'].join('.'),
  'an identity token': ['eyJhbGciOiJSUzI1NiJ9', 'eyJzdWIiOiIxIn0', 'c2lnbmF0dXJl'].join('.'),
  'the signature of a URL': ['X-Goog-Signature', '0a1b2c3d'].join('='),
  'a private key': ['-----BEGIN', 'PRIVATE KEY-----\nMIIEvQ\n-----END', 'PRIVATE KEY-----'].join(' '),
  'an API key of Google': `AIza${'x-_0Z'.repeat(7)}`,
  'a refresh token of Google': `1//0${'g-_aZ'.repeat(8)}`,
  'a client secret of Google': `GOCSPX-${'aZ-_9'.repeat(6)}`,
  'a token of GitHub': `ghp_${'aZ09'.repeat(9)}`,
  'an access key of AWS': `AKIA${'A2Z7'.repeat(4)}`,
  'a token of Slack': `xoxb-${'12345-'.repeat(4)}`,
  'a password in a URL': ['postgres://jo', 'hunter2@db.example'].join(':'),
};

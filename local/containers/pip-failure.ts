const NO_INDEX =
  /NewConnectionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|Temporary failure in name resolution|Could not fetch URL|SSLError/;
const OTHER_PYTHON = /requires a different Python|require a different python version|Requires-Python/;

/** One sentence on why pip failed, from its output: what is missing and what to do. */
export function explainPipFailure(output: readonly string[], pythonVersion: string): string {
  const errors = output.filter((line) => line.startsWith('ERROR:')).map((line) => line.slice(6).trim());
  const missing = errors.find((line) => line.startsWith('No matching distribution')) ?? errors.at(-1);
  if (output.some((line) => NO_INDEX.test(line))) {
    return `pip reached no package index (${missing ?? 'no answer'}): the first run needs one, PyPI or the one PIP_INDEX_URL names; later runs do not`;
  }
  const otherPython = output.find((line) => OTHER_PYTHON.test(line));
  if (otherPython !== undefined) {
    return `this machine's Python ${pythonVersion} does not fit (${otherPython.replace(/^ERROR: /, '')}): put a python3 that does first in PATH`;
  }
  return `pip failed with Python ${pythonVersion}: ${missing ?? output.at(-1) ?? 'it printed nothing'}`;
}

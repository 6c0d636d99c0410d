import {parseArgs} from 'node:util';

/** What a process image makes of one command of a RUN instruction. */
export type RunAction =
  | {readonly kind: 'pip'; readonly requirements: string}
  | {readonly kind: 'npm'; readonly args: readonly string[]}
  | {readonly kind: 'setup'; readonly command: string};

/** Programs that prepare an operating system; a process runs on the developer's own, so they have nothing to do. */
const SETUP = new Set(
  'addgroup adduser apk apt apt-get chmod chown dnf echo groupadd mkdir rm set true update-ca-certificates useradd usermod yum'.split(
    ' ',
  ),
);

const PIP = /^(?:python3? -m )?pip3? install\b/;
const PIP_OPTIONS = {
  requirement: {type: 'string', short: 'r', multiple: true},
  'root-user-action': {type: 'string'},
  upgrade: {type: 'boolean', short: 'U'},
  quiet: {type: 'boolean', short: 'q', multiple: true},
  user: {type: 'boolean'},
  'disable-pip-version-check': {type: 'boolean'},
  'no-cache-dir': {type: 'boolean'},
  'no-compile': {type: 'boolean'},
  'no-input': {type: 'boolean'},
  'prefer-binary': {type: 'boolean'},
} as const;
const PACKAGING_TOOLS = new Set(['pip', 'setuptools', 'wheel']);

/**
 * Reads the shell text of a RUN instruction, command by command.
 * @throws an Error that says what is in the way when a command would need a real container.
 */
export function readRunLine(text: string): RunAction[] {
  return text
    .split(/&&|;|\n/)
    .map((command) => command.trim().replace(/\s+/g, ' '))
    .filter((command) => command !== '')
    .map(readCommand);
}

function readCommand(command: string): RunAction {
  const withoutVariables = command.replace(/^(?:\w+=\S* )+/, '');
  const [program = ''] = withoutVariables.split(' ');
  if (PIP.test(withoutVariables)) return readPip(command, withoutVariables.replace(PIP, '').trim());
  if (/^npm ci\b/.test(withoutVariables)) {
    return {kind: 'npm', args: withoutVariables.split(' ').slice(1)};
  }
  if (SETUP.has(program) || /^npm cache\b/.test(withoutVariables)) return {kind: 'setup', command};
  throw new Error(
    `\`${command}\` needs a Docker engine; without one only "pip install -r FILE" and "npm ci" are carried out. Start Docker, or remove the command`,
  );
}

function readPip(command: string, rest: string): RunAction {
  const args = rest.split(' ').map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
  const {values, positionals} = parseArgs({args, options: PIP_OPTIONS, allowPositionals: true});
  const [requirements, ...more] = values.requirement ?? [];
  if (requirements !== undefined && more.length === 0 && positionals.length === 0) {
    return {kind: 'pip', requirements};
  }
  if (requirements === undefined && positionals.every((name) => PACKAGING_TOOLS.has(name))) {
    return {kind: 'setup', command};
  }
  throw new Error(
    `\`${command}\`: without a Docker engine the packages must stand in one requirements file. Use "pip install -r requirements.txt"`,
  );
}

import type {Instruction} from 'dockerfile-ast';

/** What `$NAME` stands for at one line of a Dockerfile. */
export type Variables = Readonly<Record<string, string>>;

const VARIABLE = /\\(?<escaped>.)|\$(?:(?<bare>\w+)|\{(?<name>\w+)(?::-(?<fallback>[^}]*))?\})/g;

/** Replaces `$NAME`, `${NAME}` and `${NAME:-fallback}`; an unknown name becomes nothing. */
export function expandVariables(text: string, variables: Variables): string {
  return text.replace(VARIABLE, (_match, ...rest) => {
    const {escaped, bare, name = bare, fallback = ''} = rest.at(-1);
    if (escaped !== undefined) return escaped;
    return (Object.hasOwn(variables, name) && variables[name]) || fallback;
  });
}

/** The arguments of COPY, ADD, FROM or WORKDIR, in their shell or JSON form, variables expanded. */
export function wordsOf(instruction: Instruction, variables: Variables): string[] {
  const words = jsonOf(instruction) ?? instruction.getArguments().map((word) => word.getValue());
  return words.map((word) => expandVariables(word, variables));
}

/**
 * The program and arguments of ENTRYPOINT or CMD.
 * @throws an Error for the shell form.
 */
export function execFormOf(instruction: Instruction): string[] {
  const words = jsonOf(instruction);
  if (words === undefined) {
    throw new Error(
      'write it in exec form, ["program", "argument"]; a shell would swallow arguments and signals',
    );
  }
  return words;
}

/** The shell text of a RUN instruction, on one line; its exec form is joined by spaces. */
export function shellTextOf(instruction: Instruction): string {
  const text = instruction.getRawArgumentsContent() ?? '';
  // A comment may stand between continued lines.
  return jsonOf(instruction)?.join(' ') ?? text.replace(/^\s*#.*\n/gm, '').replace(/\\\n/g, ' ');
}

/** dockerfile-ast's own reading of JSON strings drops the blanks in them. */
function jsonOf(instruction: Instruction): string[] | undefined {
  const text = instruction.getArgumentsContent() ?? '';
  if (!text.startsWith('[')) return undefined;
  try {
    const words: unknown = JSON.parse(text);
    const isWords = Array.isArray(words) && words.every((word) => typeof word === 'string');
    return isWords ? words : undefined;
  } catch {
    return undefined;
  }
}

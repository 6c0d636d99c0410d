import {InvalidArgumentError} from 'commander';
import {parse} from 'yaml';
import {merged, type Overrides} from '../shared/domain/rerun-plan.ts';

/**
 * Adds one `path=value` to the overrides so far: `tune.maxTrials=3` is `{tune: {maxTrials: 3}}`; values are YAML.
 * @throws InvalidArgumentError
 */
export function addOverride(setting: string, before: Overrides = {}): Overrides {
  const [, path, value] = /^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)=(.*)$/s.exec(setting) ?? [];
  if (path === undefined || value === undefined) {
    throw new InvalidArgumentError('Write it as path=value, for example tune.maxTrials=3.');
  }
  const nested = path.split('.').reduceRight<unknown>((inner, key) => ({[key]: inner}), yamlOf(value));
  return {...before, ...Object(merged(before, nested))};
}

function yamlOf(text: string): unknown {
  try {
    return parse(text);
  } catch {
    throw new InvalidArgumentError(`${text} is not YAML.`);
  }
}

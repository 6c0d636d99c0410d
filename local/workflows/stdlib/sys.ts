import {now, sleepUntil} from '../run/effect.ts';
import {failure} from '../run/raised.ts';
import {asNumber, asText, blocking, instant} from './std-function.ts';
import {parseTime} from './time.ts';

const MAX_SLEEP_SECONDS = 31_536_000;

/** https://cloud.google.com/workflows/docs/reference/stdlib/sys and `uuid`. */
export const sys = {
  'sys.get_env': instant('name default?', function* (name, fallback) {
    const value = yield {kind: 'env', name: asText(name)};
    if (value !== null) return value;
    if (fallback !== null) return fallback;
    throw failure('KeyError', `key not found: ${name}`);
  }),
  'sys.log': blocking('data? severity? text? json?', function* (data, severity, text, json) {
    yield {
      kind: 'log',
      severity: severity === null ? 'DEFAULT' : asText(severity),
      data: data ?? text ?? json,
    };
    return null;
  }),
  'sys.now': instant('', function* () {
    return (yield* now()) / 1000;
  }),
  'sys.sleep': blocking('seconds', function* (seconds) {
    const duration = Number(asNumber(seconds));
    if (!(duration >= 0 && duration <= MAX_SLEEP_SECONDS)) {
      throw failure('ValueError', `sys.sleep: ${duration} is not between 0 and ${MAX_SLEEP_SECONDS}`);
    }
    yield* sleepUntil((yield* now()) + duration * 1000);
    return null;
  }),
  'sys.sleep_until': blocking('time', function* (time) {
    yield* sleepUntil(parseTime(asText(time)));
    return null;
  }),
  'uuid.generate': instant('', function* () {
    return yield {kind: 'uuid'};
  }),
};

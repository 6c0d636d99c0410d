import {failure} from '../run/raised.ts';
import {asNumber, asText, pure} from './std-function.ts';

/** https://cloud.google.com/workflows/docs/reference/stdlib/time */
export const time = {
  'time.format': pure('seconds timezone?', (seconds, timezone) =>
    format(Number(asNumber(seconds)), timezone === null ? 'UTC' : asText(timezone)),
  ),
  'time.parse': pure('value', (value) => parseTime(asText(value)) / 1000),
};

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[-+]\d{2}:\d{2})$/;

/** Milliseconds since 1970. @throws Raised ValueError for anything but RFC 3339. */
export function parseTime(value: string): number {
  const ms = RFC3339.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) throw failure('ValueError', `time: "${value}" is no time like 2026-01-31T12:00:00Z`);
  return ms;
}

function format(seconds: number, timeZone: string): string {
  const ms = seconds * 1000;
  if (Number.isNaN(new Date(ms).getTime())) throw failure('ValueError', `time.format: ${seconds} is no time`);
  const offset = offsetOf(ms, timeZone);
  const local = new Date(ms + offset * 60_000).toISOString();
  return local.replace('Z', offset === 0 ? 'Z' : offsetText(offset));
}

/** Minutes that clocks in the zone are ahead of UTC. */
function offsetOf(ms: number, timeZone: string): number {
  try {
    const zone = new Intl.DateTimeFormat('en-US', {timeZone, timeZoneName: 'longOffset'});
    const name = zone.formatToParts(ms).find(({type}) => type === 'timeZoneName')?.value ?? '';
    const [, sign = '+', hours = '0', minutes = '0'] = /GMT([-+])(\d+):(\d+)/.exec(name) ?? [];
    return Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
  } catch {
    throw failure('ValueError', `time.format: no such time zone "${timeZone}"`);
  }
}

function offsetText(minutes: number): string {
  const ahead = Math.abs(minutes);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(ahead / 60))}:${two(ahead % 60)}`;
}

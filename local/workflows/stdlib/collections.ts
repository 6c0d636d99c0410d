import {failure} from '../run/raised.ts';
import {isList, isMap, type Value, type ValueMap} from '../run/value.ts';
import {asList, asMap, asText, pure} from './std-function.ts';

/** https://cloud.google.com/workflows/docs/reference/stdlib/overview: `list` and `map`; all answer new values. */
export const collections = {
  'list.concat': pure('list val', (list, value) => [...asList(list), value]),
  'list.prepend': pure('list val', (list, value) => [value, ...asList(list)]),
  'map.delete': pure('map key', (map, key) => without(asMap(map), asText(key))),
  'map.get': pure('map keys', (map, keys) => {
    const path = isList(keys) ? keys : [keys];
    return path.reduce<Value>((at, key) => (isMap(at) ? (at.get(asText(key)) ?? null) : null), map);
  }),
  'map.merge': pure('first second', (first, second) => new Map([...asMap(first), ...asMap(second)])),
  'map.merge_nested': pure('first second', (first, second) => mergeNested(asMap(first), asMap(second))),
};

function without(map: ValueMap, key: string): ValueMap {
  if (!map.has(key)) throw failure('KeyError', `key not found: ${key}`);
  return new Map([...map].filter(([name]) => name !== key));
}

function mergeNested(first: ValueMap, second: ValueMap): ValueMap {
  const merged = new Map(first);
  for (const [key, value] of second) {
    const before = merged.get(key) ?? null;
    merged.set(key, isMap(before) && isMap(value) ? mergeNested(before, value) : value);
  }
  return merged;
}

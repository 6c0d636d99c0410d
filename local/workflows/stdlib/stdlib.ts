import {collections} from './collections.ts';
import {encodings} from './encodings.ts';
import {events} from './events.ts';
import {helpers} from './helpers.ts';
import {http} from './http.ts';
import {math} from './math.ts';
import {retryPredicates} from './retry-predicates.ts';
import type {StdFunction} from './std-function.ts';
import {sys} from './sys.ts';
import {text} from './text.ts';
import {time} from './time.ts';

/** All functions a workflow can use without declaring them, by their full names. */
export const STDLIB: ReadonlyMap<string, StdFunction> = new Map(
  Object.entries({
    ...collections,
    ...encodings,
    ...events,
    ...helpers,
    ...http,
    ...math,
    ...retryPredicates,
    ...sys,
    ...text,
    ...time,
  }),
);

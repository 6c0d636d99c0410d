import assert from 'node:assert/strict';
import type {SplitDefinition} from '../../../shared/domain/split/split-definition.ts';
import {perStream} from '../../../shared/domain/split/split-statistics.ts';
import {WINDOW_BYTES} from '../../../shared/domain/split/splitter.ts';
import {PermanentError} from '../../../shared/errors.ts';
import {cut, type SplitText, splitChunks} from '../../shared/domain/split/split-text.ts';
import {ReferenceSplitter} from './splitter.ts';

/** What the splitter and the reference both make of a file. */
export function agreedOutcome(
  bytes: Buffer,
  definition: SplitDefinition,
  cuts: readonly number[],
): SplitText | PermanentError {
  const outcome = outcomeOf(() => splitChunks(cut(bytes, cuts), definition));
  const expected = outcomeOf(() => referenceSplit(bytes, definition));
  assert.deepEqual(tellable(outcome), tellable(expected));
  return outcome;
}

function outcomeOf(split: () => SplitText): SplitText | PermanentError {
  try {
    return split();
  } catch (error) {
    if (error instanceof PermanentError) return error;
    throw error;
  }
}

function tellable(outcome: SplitText | PermanentError): object {
  if (!(outcome instanceof PermanentError)) return outcome;
  const {code, message, where, hint} = outcome;
  return {code, message, where, hint};
}

/** The reference says first what it finds first in a chunk, so it gets the chunks that the kernel works on. */
function referenceSplit(bytes: Buffer, definition: SplitDefinition): SplitText {
  const splitter = new ReferenceSplitter(definition);
  const chunks = cut(bytes, [WINDOW_BYTES]).flatMap((window) => splitter.push(window));
  const end = splitter.finish();
  const pieces = [...chunks, ...end.chunks];
  const streams = perStream((stream) =>
    Buffer.concat(pieces.filter((piece) => piece.stream === stream).map((piece) => piece.bytes)).toString(),
  );
  return {streams, statistics: end.statistics, sample: end.sample};
}

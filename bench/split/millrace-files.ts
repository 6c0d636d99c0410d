import {closeSync, openSync, readSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {perStream} from '../../shared/domain/split/split-statistics.ts';
import {type Piece, Splitter} from '../../shared/domain/split/splitter.ts';
import {definitionFor} from './definition.ts';
import {report} from './report.ts';

const [path = '', folder = '', key] = process.argv.slice(2);

const splitter = new Splitter(definitionFor(path, key));

await report(async (curve) => {
  const input = openSync(path, 'r');
  const outputs = perStream((stream) => openSync(join(folder, stream), 'w'));
  const write = (piece: Piece) => writeSync(outputs[piece.stream], piece.bytes);
  for (let read = readSync(input, splitter.room); read > 0; read = readSync(input, splitter.room)) {
    for (const piece of splitter.take(read)) write(piece);
    curve.read(read);
  }
  for (const piece of splitter.finish().pieces) write(piece);
  for (const file of [input, ...Object.values(outputs)]) closeSync(file);
});

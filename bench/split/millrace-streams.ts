import {createReadStream} from 'node:fs';
import {join} from 'node:path';
import {perStream} from '../../shared/domain/split/split-statistics.ts';
import {type Piece, Splitter} from '../../shared/domain/split/splitter.ts';
import {definitionFor} from './definition.ts';
import {OutputStream} from './output-stream.ts';
import {report} from './report.ts';

const [path = '', folder = '', key] = process.argv.slice(2);

const CHUNK_BYTES = 256 * 1024;

const splitter = new Splitter(definitionFor(path, key));

await report(async () => {
  const outputs = perStream((stream) => new OutputStream(join(folder, stream)));
  const write = ({stream, bytes}: Piece) => outputs[stream].write(bytes);
  for await (const chunk of createReadStream(path, {highWaterMark: CHUNK_BYTES})) {
    for (const piece of splitter.push(chunk)) await write(piece);
  }
  for (const piece of splitter.finish().pieces) await write(piece);
  await Promise.all(Object.values(outputs).map((output) => output.close()));
});

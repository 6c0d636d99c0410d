import {createReadStream} from 'node:fs';
import type {Question} from '../shared/domain/question.ts';
import {readQuestions} from '../shared/domain/read-questions.ts';
import {servedBy} from '../shared/domain/serving.ts';
import {findChampion} from '../shared/find-champion.ts';
import {gunzipByContent} from '../shared/gateways/gunzip-by-content.ts';
import type {Ports} from '../shared/ports.ts';
import {assertFile} from './assert-file.ts';

export interface Answer {
  readonly version: string;
  readonly rows: readonly {readonly label?: string; readonly prediction: unknown}[];
}

/** Asks the served model about the rows of a file, in one request. @throws PermanentError FILE_MISSING, NOTHING_SERVED, SERVICE_REFUSED, or as `readQuestions` */
export async function askModel(name: string, file: string, ports: Ports): Promise<Answer> {
  await assertFile(file);
  const {pipeline, platform, inputs} = await findChampion(name, ports);
  const {endpoint} = servedBy(pipeline);
  const bytes = await gunzipByContent(bytesOf(file), file);
  const questions: Question[] = [];
  for await (const question of readQuestions(bytes, pipeline.data.delimiter, inputs))
    questions.push(question);
  const instances = questions.map(({values}) => values);
  const {predictions, version} = await platform.models.predict(endpoint, instances);
  const rows = predictions.map((prediction, index) => {
    const label = questions[index]?.label;
    return label === undefined ? {prediction} : {label, prediction};
  });
  return {version, rows};
}

async function* bytesOf(file: string): AsyncGenerator<Buffer> {
  yield* createReadStream(file);
}

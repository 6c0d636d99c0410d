import assert from 'node:assert/strict';
import {createReadStream} from 'node:fs';
import {digits} from '../../cli/demo-pipeline.ts';
import {followBatch, predictBatch} from '../../cli/predict-batch.ts';
import type {Ports} from '../../shared/ports.ts';

/** Has all digits predicted from a bucket into it, twice: the second time nothing is paid. */
export async function predictDigits(ports: Ports): Promise<void> {
  const name = 'digits/batch/rows.csv';
  const {bucket} = await ports.objects.put(ports.buckets.data, name, createReadStream(digits.data));
  const uri = `gs://${bucket}/${name}`;
  const begun = await predictBatch('digits', uri, ports);

  const {job} = await followBatch('digits', begun, ports);

  const folder = job.resultsUri?.replace(`gs://${bucket}/`, '') ?? '';
  const [results] = await ports.objects.listUnder(bucket, `${folder}/prediction.results`);
  assert.ok(results);
  const lines = (await ports.objects.readText(results)).trimEnd().split('\n');
  assert.deepEqual(job.rows, {predicted: lines.length, failed: 0});
  assert.match(lines[0] ?? '', /^\{"instance":\[[\d,]+\],"prediction":"\d"\}$/);
  assert.equal((await predictBatch('digits', uri, ports)).job.name, job.name);
}

import {parseGcsUri} from './domain/run-folder.ts';
import {type Manifest, manifestSchema} from './domain/split/manifest.ts';
import type {Ports} from './ports.ts';

/** The manifest at a `gs://` URI; undefined when it is not there or is not of this version. */
export async function readManifest(
  uri: string,
  {objects}: Pick<Ports, 'objects'>,
): Promise<Manifest | undefined> {
  const place = parseGcsUri(uri);
  const file = place && (await objects.find(place.bucket, place.name));
  if (file === undefined) return undefined;
  return manifestSchema.safeParse(parseJson(await objects.readText(file))).data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

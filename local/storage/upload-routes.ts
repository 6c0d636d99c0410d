import {text} from 'node:stream/consumers';
import type {FastifyPluginAsync, FastifyReply, FastifyRequest} from 'fastify';
import {demandSums, parseGoogHash} from './checksums.ts';
import {invalid, required} from './errors.ts';
import {originOf, withObjectLinks} from './links.ts';
import {boundaryOf, parseMultipart} from './multipart.ts';
import {objectInsert, type StoredObject} from './object-resource.ts';
import {parse, parseJson} from './parse.ts';
import {parsePreconditions} from './preconditions.ts';
import {requestBytes} from './request-bytes.ts';
import type {Intent, Progress} from './resumable-uploads.ts';
import type {Stores} from './stores.ts';
import {parseUploadRange} from './upload-range.ts';

interface Upload {
  Params: {bucket: string};
  Querystring: {uploadType?: string; name?: string; contentEncoding?: string; upload_id?: string};
}

type UploadRequest = FastifyRequest<Upload>;

/** The three ways to send an object's bytes: media, multipart and resumable. */
export function uploadRoutes(stores: Stores): FastifyPluginAsync {
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', async () => undefined);

    app.post<Upload>('/b/:bucket/o', async (request, reply) => {
      const chunks = requestBytes(request);
      try {
        if (request.query.uploadType === 'resumable')
          return await startUpload(stores, request, chunks, reply);
        return withObjectLinks(await takeWhole(stores, request, chunks), originOf(request));
      } finally {
        await chunks.return();
      }
    });

    app.put<Upload>('/b/:bucket/o', async (request, reply) => {
      const chunks = requestBytes(request);
      try {
        const progress = await stores.uploads.receive(uploadIdOf(request), {
          range: parseUploadRange(request.headers['content-range']),
          promised: parseGoogHash(request.headers['x-goog-hash']),
          chunks,
          breakOff: () => {
            if (!request.raw.complete) request.raw.destroy();
          },
        });
        return sendProgress(progress, request, reply);
      } finally {
        await chunks.return();
      }
    });

    app.delete<Upload>('/b/:bucket/o', async (request, reply) => {
      await stores.uploads.cancel(uploadIdOf(request));
      return reply.code(499).send();
    });
  };
}

async function takeWhole(
  {bodies, objects}: Stores,
  request: UploadRequest,
  chunks: AsyncGenerator<Buffer>,
): Promise<StoredObject> {
  const {media, ...intent} = await wholeUpload(request, chunks);
  objects.demandCreatable(intent, intent.conditions);
  const content = await bodies.receive(media);
  try {
    demandSums(intent.promised, content);
    demandSums(parseGoogHash(request.headers['x-goog-hash']), content);
    return objects.create({...intent, content});
  } finally {
    bodies.discard(content.path);
  }
}

async function wholeUpload(request: UploadRequest, chunks: AsyncGenerator<Buffer>) {
  const header = request.headers['content-type'];
  switch (request.query.uploadType) {
    case 'media':
      return {...intentOf(request, {}, header), media: chunks};
    case 'multipart': {
      const {metadata, contentType, media} = await parseMultipart(chunks, boundaryOf(header));
      return {...intentOf(request, parseJson(metadata), contentType), media};
    }
    default:
      throw invalid(`Invalid value for uploadType: '${request.query.uploadType}'`);
  }
}

async function startUpload(
  {uploads}: Stores,
  request: UploadRequest,
  chunks: AsyncGenerator<Buffer>,
  reply: FastifyReply,
) {
  const contentType = request.headers['x-upload-content-type'];
  const intent = intentOf(request, parseJson(await text(chunks)), contentType?.toString());
  const id = uploads.start(intent);
  const parameters = new URLSearchParams({uploadType: 'resumable', name: intent.name, upload_id: id});
  const [path] = request.url.split('?');
  return reply.header('location', `${originOf(request)}${path}?${parameters}`).send();
}

/** @param contentType of the bytes, if the metadata name none */
function intentOf(request: UploadRequest, metadata: unknown, contentType: string | undefined): Intent {
  const {query, params} = request;
  const {name, crc32c, md5Hash, ...fields} = parse(objectInsert, metadata);
  const objectName = query.name ?? name;
  if (objectName === undefined) throw required('name');
  return {
    bucket: params.bucket,
    name: objectName,
    fields: {
      ...(contentType !== undefined && {contentType}),
      ...(query.contentEncoding !== undefined && {contentEncoding: query.contentEncoding}),
      ...fields,
    },
    promised: {crc32c, md5Hash},
    conditions: parsePreconditions(query),
  };
}

/** 308 means: go on after the last byte of `Range`; without the header nothing has arrived. */
function sendProgress(progress: Progress, request: UploadRequest, reply: FastifyReply) {
  if ('object' in progress) return withObjectLinks(progress.object, originOf(request));
  const {receivedBytes} = progress;
  if (receivedBytes > 0) reply.header('range', `bytes=0-${receivedBytes - 1}`);
  return reply.code(308).send();
}

function uploadIdOf({query}: UploadRequest): string {
  if (query.upload_id === undefined) throw required('upload_id');
  return query.upload_id;
}

let nextId = 1;

/** A storage event as the functions framework hands it over. */
export function finalized(
  object: {bucket: string; name: string; generation: string | number},
  id = `event-${nextId++}`,
) {
  return {
    id,
    source: `//storage.googleapis.com/projects/_/buckets/${object.bucket}`,
    subject: `objects/${object.name}`,
    type: 'google.cloud.storage.object.v1.finalized',
    specversion: '1.0',
    time: '2026-01-01T00:00:00Z',
    bucket: object.bucket,
    data: {kind: 'storage#object', metageneration: '1', size: '8', ...object},
  };
}

/** A Pub/Sub message as Eventarc delivers it. */
export function published(topic: string, body: unknown, attributes: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    id: `message-${nextId++}`,
    source: `//pubsub.googleapis.com/projects/the-project/topics/${topic}`,
    type: 'google.cloud.pubsub.topic.v1.messagePublished',
    specversion: '1.0',
    data: {
      message: {
        data: Buffer.from(text).toString('base64'),
        attributes,
        messageId: '1',
        publishTime: '2026-01-01T00:00:00Z',
      },
      subscription: `projects/the-project/subscriptions/eventarc-${topic}`,
    },
  };
}

/** The log entry that tells of a job's end. */
export function jobEnded(jobId: string) {
  return published('job-complete', {
    insertId: 'x1',
    resource: {type: 'ml_job', labels: {project_id: 'the-project', job_id: jobId, task_name: 'service'}},
    severity: 'INFO',
    textPayload: 'Job completed successfully.',
  });
}

import { setTimeout as sleep } from 'node:timers/promises';

/** As Flink names them: CREATED, RUNNING, FINISHED, FAILED, CANCELED, ... */
export interface JobStatus {
  readonly state: string;
  readonly startMs: number;
  /** -1 while it runs. */
  readonly endMs: number;
  /** Per vertex: its name and the rows it has read and written. The counts lag by `metrics.fetcher.update-interval`. */
  readonly vertices: readonly { readonly name: string; readonly readRecords: number; readonly writeRecords: number }[];
}

interface JobBody {
  readonly state: string;
  readonly 'start-time': number;
  readonly 'end-time': number;
  readonly vertices: readonly {
    readonly name: string;
    readonly metrics: { readonly 'read-records': number; readonly 'write-records': number };
  }[];
}

const ENDED = new Set(['FINISHED', 'FAILED', 'CANCELED']);

/** @throws when the JobManager does not know the job. */
export async function jobStatus(jobManagerUrl: string, jobId: string): Promise<JobStatus> {
  const response = await fetch(`${jobManagerUrl}/jobs/${jobId}`);
  if (!response.ok) throw new Error(`the JobManager does not tell of job ${jobId}: ${await response.text()}`);
  const body = (await response.json()) as JobBody;
  return {
    state: body.state,
    startMs: body['start-time'],
    endMs: body['end-time'],
    vertices: body.vertices.map(({ name, metrics }) => ({
      name,
      readRecords: metrics['read-records'],
      writeRecords: metrics['write-records'],
    })),
  };
}

/** Resolves with the status of a job that has ended, however it did. */
export async function untilJobEnds(jobManagerUrl: string, jobId: string, withinMs: number): Promise<JobStatus> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const status = await jobStatus(jobManagerUrl, jobId);
    if (ENDED.has(status.state)) return status;
    if (performance.now() > deadline) throw new Error(`job ${jobId} is still ${status.state} after ${withinMs} ms`);
    await sleep(100);
  }
}

/** Why a job failed: the root exception's text; undefined when it did not. */
export async function jobFailure(jobManagerUrl: string, jobId: string): Promise<string | undefined> {
  const response = await fetch(`${jobManagerUrl}/jobs/${jobId}/exceptions`);
  const body = (await response.json()) as {
    exceptionHistory?: { entries?: readonly { stacktrace: string }[] };
  };
  return body.exceptionHistory?.entries?.[0]?.stacktrace;
}

export async function cancelJob(jobManagerUrl: string, jobId: string): Promise<void> {
  await fetch(`${jobManagerUrl}/jobs/${jobId}?mode=cancel`, { method: 'PATCH' });
}

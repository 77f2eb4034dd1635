import { randomUUID } from 'node:crypto';
import type { Job, JobSpecification, OutputReceiver, ProcessHost } from '../process-host.ts';
import { runJob } from './job.ts';
import { createMarks } from './mark.ts';
import { openProcessCounter } from './process-counter.ts';
import { spawnLeader } from './spawn.ts';
import { createStdinFiles } from './stdin-files.ts';
import { createSweep } from './sweep.ts';

/**
 * The process host over Node's own child processes. Every job is a session and process group of its own, and carries a mark in its
 * environment by which whatever left the group is found again.
 *
 * Limits of this implementation: stdout and stderr are socket pairs, as Node makes them, so a script that opens
 * `/dev/stderr` by name fails (`>&2` works); peak memory is not known; a process that left the group, cleared its environment
 * and lost its parent before its job was ended is not found; without `/proc` nothing outside the group is.
 */
export function createNodeProcessHost(): ProcessHost {
  const running = new Map<number, Job>();
  const nextMark = createMarks();
  const stdinFiles = createStdinFiles(`attune-stdin-${randomUUID()}`);
  const counter = openProcessCounter();
  const sweep = createSweep({ counter, isLeader: (pid) => running.has(pid) });

  async function start(specification: JobSpecification, output: OutputReceiver): Promise<Job> {
    const mark = nextMark();
    const started = performance.now();
    const child = await spawnLeader(specification, mark, stdinFiles);
    const job = runJob({ child, started, mark, specification, output, sweep });
    running.set(job.pid, job);
    void job.exited.then(() => running.delete(job.pid));
    return job;
  }

  async function close(): Promise<void> {
    const jobs = [...running.values()];
    for (const job of jobs) job.kill();
    await Promise.all(jobs.map((job) => job.exited));
    counter?.close();
  }

  return { start, close };
}

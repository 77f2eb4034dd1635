/* How a job ends: TERM, grace, KILL, the sweep of what got away, the rest of its output, the report. */
#include "supervisor.h"

enum { GROUP_POLL = 10, SWEEP_PAUSE = 2, KILL_LIMIT = 5000, SWEEP_LIMIT = 5000, PATIENCE = 1000 }; /* milliseconds */
enum { LARGEST_PIPE = 1 << 20 }; /* that a program may ask for */

static void signal_group(struct job *job, int signal) { CALL(kill, -job->pid, signal); }

/* The first cause wins. */
void end_job(struct supervisor *s, struct job *job, u32 cause) {
  if (job->state != RUNNING || job->report.cause != EXIT) return;
  job->report.cause = cause;
  job->alarm = job->grace_ends = s->now + job->grace;
  signal_group(job, SIGTERM);
  signal_group(job, SIGCONT); /* a stopped process would not see TERM before it goes on */
}

void kill_job(struct supervisor *s, struct job *job) {
  if (job->state != RUNNING && job->state != LEAVING) return;
  if (job->report.cause == EXIT) job->report.cause = SHUTDOWN;
  job->grace_ends = 0;
  job->alarm = job->state == LEAVING ? s->now : s->now + KILL_LIMIT * MILLISECONDS;
  if (job->state == RUNNING) job->state = KILLED;
  signal_group(job, SIGKILL);
}

static void finish(struct job *job) {
  for (int i = STDOUT_STREAM; i <= STDERR_STREAM; i++) {
    job->report.bytes[i] = job->streams[i].written;
    close_stream(&job->streams[i]);
  }
  job->state = ENDED;
  job->alarm = NEVER;
}

/* Without anybody to read it, the rest of the output is not waited for. */
void drain(struct supervisor *s, struct job *job) {
  if (job->state != DRAINING) return;
  if (s->closing || (job->streams[0].file < 0 && job->streams[1].file < 0)) finish(job);
}

static void sweep(struct supervisor *s, struct job *job) {
  u32 found = kill_strays(s, job);
  u64 passed = s->now - job->sweep_began;
  if (found && passed < SWEEP_LIMIT * MILLISECONDS) {
    job->alarm = s->now + SWEEP_PAUSE * MILLISECONDS + passed / 8; /* what does not die soon dies late */
    return;
  }
  job->report.survivors = found;
  job->state = DRAINING;
  job->alarm = s->now + PATIENCE * MILLISECONDS;
  drain(s, job);
}

static void begin_sweep(struct supervisor *s, struct job *job) {
  job->state = SWEEPING;
  job->sweep_began = s->now;
  sweep(s, job);
}

/* The children of a first process that died of TERM have the rest of the grace. */
static void poll_group(struct supervisor *s, struct job *job) {
  int left = CALL(kill, -job->pid, 0) == -ESRCH;
  if (left) job->group_gone = 1;
  if (left || s->now >= job->grace_ends) begin_sweep(s, job);
  else job->alarm = s->now + GROUP_POLL * MILLISECONDS;
}

/* A stream that stays open though the job is gone is held by something that can't be found. What lies in it is read first: it may be
 * we who have stood still. */
static void give_up_streams(struct supervisor *s, struct job *job) {
  for (int read = 0; read < LARGEST_PIPE; read += SCRATCH)
    for (int i = STDOUT_STREAM; i <= STDERR_STREAM; i++) read_stream(s, job, i);
  if (job->state != DRAINING) return;
  job->report.lost = LEAKED;
  finish(job);
}

static void first_process_ended(struct supervisor *s, struct job *job, u32 status, const struct usage *usage) {
  job->report.status = status;
  job->report.wall = (s->now - job->started) / 1000;
  job->report.user = usage->user_seconds * 1000000 + usage->user_microseconds;
  job->report.system = usage->system_seconds * 1000000 + usage->system_microseconds;
  job->report.peak = usage->peak_kilobytes * 1024;
  job->alarm = NEVER;
  job->state = LEAVING;
  if (s->now < job->grace_ends) poll_group(s, job);
  else begin_sweep(s, job);
}

/* It waits for a disk, or has become a user whom we may not kill: a survivor. */
static void give_up_first_process(struct supervisor *s, struct job *job) {
  struct usage unknown = {0};
  first_process_ended(s, job, SIGKILL, &unknown);
}

void ring(struct supervisor *s, struct job *job) {
  job->alarm = NEVER;
  switch (job->state) {
    case RUNNING:
      if (job->report.cause == EXIT) end_job(s, job, TIMEOUT);
      else kill_job(s, job);
      return;
    case KILLED: give_up_first_process(s, job); return;
    case LEAVING: poll_group(s, job); return;
    case SWEEPING: sweep(s, job); return;
    case DRAINING: give_up_streams(s, job); return;
    default: return;
  }
}

struct job *job_of(struct supervisor *s, int pid) {
  for (struct job *job = s->jobs; job < s->jobs + s->top; job++)
    if ((job->state == RUNNING || job->state == KILLED) && job->pid == pid) return job;
  return 0;
}

/* As a shell does: 128 and the number for a death by signal. */
static int exit_code(u32 status) { return status & 0x7f ? 128 + (status & 0x7f) : (status >> 8) & 0xff; }

void reap(struct supervisor *s) {
  u32 status;
  struct usage usage;
  for (int pid; (pid = CALL(wait4, -1, &status, WNOHANG | WAIT_ALL, &usage)) > 0;) {
    struct job *job = job_of(s, pid);
    if (job) first_process_ended(s, job, status, &usage);
    if (pid == s->agent) agent_died(s, exit_code(status));
  }
}

/* When all output is sent; 1: there is no room. */
int report_job(struct supervisor *s, u32 slot) {
  struct job *job = &s->jobs[slot];
  for (int i = STDOUT_STREAM; i <= STDERR_STREAM; i++)
    if (job->state != ENDED || job->streams[i].sent < job->streams[i].written) return 0;
  if (!has_room(s, sizeof job->report)) return 1;
  put_frame(s, EXITED, slot, &job->report, sizeof job->report);
  job->state = REPORTED;
  return 0;
}

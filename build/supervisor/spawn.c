/* Starts the first process of a job. The child runs in our memory, on a stack of its own, until it has become its program; we stand
 * still meanwhile, and so it can tell us what went wrong. That costs what a thread costs, not a copy of a process. */
#include "supervisor.h"

/* Everything the child needs, and its answer. */
struct plan {
  const struct start *start;
  const struct limited *limits;
  const u8 *groups, *stdin, *record;
  char **arguments, **environment; /* before the first argument is room for a shell */
  const char *directory;
  int input, outputs[2];
  struct limit mark, files;
  long error; /* negative errno */
  int step;
};

long clone_child(u64 flags, void *stack, void (*run)(struct plan *), struct plan *plan); /* entry.S */

#define STEP(number, call)             \
  do {                                 \
    plan->step = number;               \
    if ((plan->error = (call)) < 0)    \
      CALL(exit_group, 127);           \
  } while (0)

static void limit_child(struct plan *plan) {
  CALL(prlimit64, 0, RLIMIT_NOFILE, &plan->files, 0);
  for (u32 i = 0; i < plan->start->limits; i++) {
    struct limited limited = plan->limits[i];
    STEP(IN_LIMITS, CALL(prlimit64, 0, limited.resource, &limited.limit, 0));
  }
  CALL(prlimit64, 0, RLIMIT_LOCKS, &plan->mark, 0);
}

static void change_user(struct plan *plan) {
  const struct start *start = plan->start;
  if (start->flags & AS_USER) {
    CALL(fchown, 1, start->user, start->group); /* or it could not open /dev/stdout and /dev/stderr by name */
    CALL(fchown, 2, start->user, start->group);
    CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL); /* what makes us more than our user must not pass to another */
    STEP(IN_USER, CALL(setgroups, start->groups, plan->groups));
    STEP(IN_USER, CALL(setgid, start->group));
    STEP(IN_USER, CALL(setuid, start->user));
  }
  if (start->flags & NO_NEW_PRIVILEGES) STEP(IN_USER, CALL(prctl, PR_SET_NO_NEW_PRIVS, 1));
  CALL(prctl, PR_SET_PDEATHSIG, SIGKILL); /* after the change of user, which would clear it */
}

static void run_child(struct plan *plan) {
  u64 no_signal = 0;
  CALL(setsid);
  CALL(umask, plan->start->mask);
  STEP(IN_PIPES, CALL(dup3, plan->input, 0, 0));
  STEP(IN_PIPES, CALL(dup3, plan->outputs[0], 1, 0));
  STEP(IN_PIPES, CALL(dup3, plan->outputs[1], 2, 0));
  limit_child(plan);
  long nice = 20 - CALL(getpriority, 0, 0);
  if (plan->start->nice) STEP(IN_PRIORITY, CALL(setpriority, 0, 0, nice + plan->start->nice));
  change_user(plan);
  STEP(IN_DIRECTORY, CALL(chdir, plan->directory));
  CALL(sigprocmask, SIG_SETMASK, &no_signal, 0, SIGNAL_SET_SIZE);
  plan->step = IN_PROGRAM;
  plan->error = CALL(execve, plan->arguments[0], plan->arguments, plan->environment);
  if (plan->error == -ENOEXEC) { /* a script that does not name its interpreter is one of the shell's, by old custom */
    plan->arguments[-1] = "/bin/sh";
    plan->error = 0;
    plan->error = CALL(execve, plan->arguments[-1], plan->arguments - 1, plan->environment);
  }
  CALL(exit_group, 127);
}

/* Splits the payload of a START; 0 when it does not hold what it announces. */
static int read_plan(struct supervisor *s, struct plan *plan, u8 *payload, u32 size) {
  const struct start *start = plan->start = (const struct start *)payload;
  if (size < sizeof *start || !start->tail) return 0;
  u64 before_texts = start->limits * sizeof *plan->limits + start->groups * sizeof(u32) + start->stdin + start->record;
  if (size - sizeof *start < before_texts) return 0;
  if (!start->arguments || start->arguments > MAX_STRINGS || start->variables > MAX_STRINGS - start->arguments) return 0;
  plan->limits = (const struct limited *)(payload + sizeof *start);
  plan->groups = (const u8 *)(plan->limits + start->limits);
  plan->stdin = plan->groups + start->groups * sizeof(u32);
  plan->record = plan->stdin + start->stdin;
  char *text = (char *)plan->record + start->record, *end = (char *)payload + size;
  char **next = plan->arguments = s->texts + 1;
  plan->directory = text;
  for (u32 left = start->arguments + start->variables + 1; left; left--) {
    if (left <= start->arguments + start->variables) *next++ = text;
    if (left == start->variables + 1) {
      *next++ = 0;
      plan->environment = next;
    }
    while (text < end && *text) text++;
    if (text++ >= end) return 0;
  }
  *next = 0;
  return 1;
}

static void close_file(int file) {
  if (file >= 0) CALL(close, file);
}

void free_job(struct job *job) {
  close_file(job->store);
  close_stream(&job->streams[STDOUT_STREAM]);
  close_stream(&job->streams[STDERR_STREAM]);
  job->state = FREE;
}

/* Without input a file that is empty under every name, `/dev/stdin` too. */
static long open_input(const struct plan *plan) {
  if (!plan->start->stdin) return CALL(openat, AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC);
  long file = CALL(memfd_create, "attune-stdin", MFD_CLOEXEC);
  if (file < 0 || write_all(file, plan->stdin, plan->start->stdin, 0)) return file;
  CALL(close, file);
  return -ENOMEM;
}

static long open_files(struct job *job, struct plan *plan) {
  int pipe[2];
  long error;
  if ((job->store = CALL(memfd_create, "attune-output", MFD_CLOEXEC)) < 0) return job->store;
  if (!keep(job, RECORD_STREAM, plan->record, plan->start->record)) return -ENOMEM;
  if ((plan->input = open_input(plan)) < 0) return plan->input;
  for (int i = STDOUT_STREAM; i <= STDERR_STREAM; i++) {
    if ((error = CALL(pipe2, pipe, O_CLOEXEC)) < 0) return error;
    job->streams[i].file = pipe[0];
    plan->outputs[i] = pipe[1];
    CALL(fcntl, pipe[0], F_SETFL, O_NONBLOCK);
  }
  return 0;
}

/* What runs in our memory can't raise its own chance to be killed for want of memory; it inherits ours, raised for a moment. */
static void write_oom_score(struct supervisor *s, int score) {
  char text[16] = "-";
  char *end = append_number(text + (score < 0), score < 0 ? -score : score);
  CALL(pwrite, s->own_oom_score, text, end - text, 0);
}

static long spawn(struct supervisor *s, struct plan *plan) {
  long raised = (long)s->oom_score + plan->start->oom_score_adj;
  int raise = s->own_oom_score >= 0 && raised > s->oom_score;
  if (raise) write_oom_score(s, raised < 1000 ? raised : 1000);
  long pid = clone_child(CLONE_VM | CLONE_VFORK | SIGCHLD, s->stack + STACK, run_child, plan);
  if (raise) write_oom_score(s, s->oom_score);
  if (plan->start->flags & AS_USER) CALL(prctl, PR_SET_DUMPABLE, 0); /* the child's change of user may have lifted it from our memory */
  if (pid > 0 && plan->error >= 0) return pid;
  if (pid > 0) CALL(wait4, pid, 0, WAIT_ALL, 0);
  else plan->step = IN_CLONE;
  return pid > 0 ? plan->error : pid;
}

static void refuse(struct supervisor *s, u32 slot, int error, int step) {
  struct refusal refusal = {.error = -error, .step = step};
  put_frame(s, REFUSED, slot, &refusal, sizeof refusal);
}

static void began(struct supervisor *s, u32 slot, int pid, const struct start *start) {
  struct job *job = &s->jobs[slot];
  u32 answer = job->pid = pid;
  put_frame(s, STARTED, slot, &answer, sizeof answer);
  job->state = RUNNING;
  job->started = s->now;
  job->grace = least(start->grace, LONGEST) * MILLISECONDS;
  job->alarm = start->deadline ? s->now + least(start->deadline, LONGEST) * MILLISECONDS : NEVER;
  job->streams[RECORD_STREAM].sent = start->record; /* its agent knows it */
  for (int i = STDOUT_STREAM; i <= STDERR_STREAM; i++) {
    job->streams[i].credit = start->credit;
    watch(s, job->streams[i].file, slot * 2 + i);
  }
}

void start_job(struct supervisor *s, u32 slot, u8 *payload, u32 size) {
  struct job *job = &s->jobs[slot];
  struct plan plan = {.step = IN_PIPES, .input = -1, .outputs = {-1, -1}};
  if (job->state != FREE) return refuse(s, slot, -EBUSY, IN_FRAME);
  if (!read_plan(s, &plan, payload, size)) return refuse(s, slot, -EINVAL, IN_FRAME);
  memset(job, 0, sizeof *job);
  job->store = -1;
  for (int i = 0; i < STREAMS; i++) job->streams[i].file = -1;
  job->head = plan.start->head;
  job->tail = plan.start->tail;
  job->mark = ++s->last_mark;
  plan.mark = (struct limit){job->mark, job->mark};
  plan.files = s->files;
  if (slot >= s->top) s->top = slot + 1;

  long pid = open_files(job, &plan);
  if (pid == 0) pid = spawn(s, &plan);
  close_file(plan.input);
  close_file(plan.outputs[STDOUT_STREAM]);
  close_file(plan.outputs[STDERR_STREAM]);
  if (pid > 0) return began(s, slot, pid, plan.start);
  free_job(job);
  refuse(s, slot, pid, plan.step);
}

/* What a job left behind, found wherever it went.
 *
 * Every job bears a mark that all its descendants inherit and that no exec, setsid or cleared environment takes off: the limit of a
 * resource that Linux has not counted since 2.4, RLIMIT_LOCKS. It can be lowered on purpose (`ulimit -x`); what did that is known as a
 * child of ours that is no job, and is killed when no other job runs that it could belong to. */
#include "supervisor.h"

static u64 mark_of(int pid);

/* At random, so that two supervisors do not take each other's jobs for their own; below the mark that we may bear ourselves. */
void choose_marks(struct supervisor *s) {
  struct limit own;
  u64 random = 0;
  CALL(prlimit64, 0, RLIMIT_LOCKS, 0, &own);
  CALL(getrandom, &random, sizeof random);
  s->inherited_mark = own.hard;
  s->last_mark = own.hard / 2 + (own.hard > 4 * JOBS ? random % (own.hard / 4) : 0);
  s->children = -1;
  char path[64];
  append(append_number(append(path, "/proc/self/task/"), CALL(getpid)), "/children");
  s->children = CALL(openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
}

static int is_alone(struct supervisor *s, struct job *job) {
  for (u32 slot = 0; slot < s->top; slot++)
    if (&s->jobs[slot] != job && s->jobs[slot].state != FREE && s->jobs[slot].state < DRAINING) return 0;
  return 1;
}

static const char *read_number(const char *text, u64 *number) {
  for (*number = 0; *text >= '0' && *text <= '9'; text++) *number = *number * 10 + (*text - '0');
  return text;
}

/* Our children that are no jobs: whatever is left of a job has one of them above it. */
static u32 kill_orphans(struct supervisor *s, struct job *job, u32 *orphans) {
  long size = CALL(pread, s->children, s->scratch, SCRATCH - 1, 0);
  u32 found = 0;
  u64 pid;
  int alone = is_alone(s, job);
  s->scratch[size > 0 ? size : 0] = 0;
  for (const char *text = read_number(s->scratch, &pid); *text == ' '; text = read_number(text + 1, &pid)) {
    if (pid == (u64)s->agent || job_of(s, pid)) continue;
    ++*orphans;
    u64 mark = mark_of(pid);
    if (mark != job->mark && !(alone && mark && mark != s->inherited_mark)) continue;
    found++;
    CALL(kill, pid, SIGKILL);
  }
  return found;
}

/* Every process there is: what forks faster than its generations die must not win. */
static u32 kill_marked(struct supervisor *s, struct job *job) {
  struct __attribute__((packed)) entry {
    u64 inode, offset;
    u16 size;
    u8 type;
    char name[];
  };
  int proc = CALL(openat, AT_FDCWD, "/proc", O_RDONLY | O_CLOEXEC);
  u32 found = 0;
  u64 pid;
  for (long size; (size = CALL(getdents64, proc, s->scratch, SCRATCH)) > 0;)
    for (struct entry *entry = (void *)s->scratch; (char *)entry < s->scratch + size; entry = (void *)entry + entry->size) {
      if (*read_number(entry->name, &pid) || mark_of(pid) != job->mark) continue;
      found++;
      CALL(kill, pid, SIGKILL);
    }
  CALL(close, proc);
  return found;
}

/* One look: kills what it finds of the job and tells how much that was; 0: nothing is left. */
u32 kill_strays(struct supervisor *s, struct job *job) {
  u32 orphans = 0, found = 0, marked = 0;
  if (s->children >= 0) found = kill_orphans(s, job, &orphans);
  if (orphans || s->children < 0) marked = kill_marked(s, job);
  if (marked > found) found = marked;
  if (found > job->report.strays) job->report.strays = found;
  if (!job->group_gone) {
    job->group_gone = CALL(kill, -job->pid, SIGKILL) == -ESRCH;
    if (!found) found = !job->group_gone;
  }
  return found;
}

/* From a file for people, which tells of the processes of all users; prlimit does not. 0: there is no such process. */
static u64 mark_of(int pid) {
  static const char name[] = "\nMax file locks";
  char path[32], text[2048];
  append(append_number(append(path, "/proc/"), pid), "/limits");
  int file = CALL(openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  long size = CALL(read, file, text, sizeof text - 1);
  CALL(close, file);
  text[size > 0 ? size : 0] = 0;
  const char *at = text;
  while (*at && !starts_with(at, name)) at++;
  if (!*at) return 0;
  u64 mark;
  for (at += sizeof name - 1; *at == ' '; at++);
  read_number(at, &mark);
  return mark ? mark : NEVER; /* "unlimited" */
}

/* The supervisor's life: one loop over the agent's socket, the signals, the pipes of all jobs, and the clock. */
#include "supervisor.h"

enum { EVENTS = 64 };

static u64 read_clock(void) {
  long time[2];
  CALL(clock_gettime, CLOCK_MONOTONIC, time);
  return time[0] * 1000 * MILLISECONDS + time[1];
}

void watch(struct supervisor *s, int file, long data) {
  struct epoll_event event = {.events = EPOLLIN, .data = data};
  CALL(epoll_ctl, s->loop, EPOLL_CTL_ADD, file, &event);
}

/* Every signal waits to be read, and none does anything by itself; jobs start with all of them as the system has them. */
static void take_signals(struct supervisor *s) {
  u64 every_signal = ~0UL, as_the_system_has_it[4] = {0}, as_it_was[4];
  CALL(sigprocmask, SIG_BLOCK, &every_signal, &s->inherited_signals, SIGNAL_SET_SIZE);
  for (int signal = 1; signal <= 64; signal++) {
    as_it_was[0] = 0;
    CALL(sigaction, signal, as_the_system_has_it, as_it_was, SIGNAL_SET_SIZE);
    if (as_it_was[0] == SIG_IGN) s->ignored_signals |= 1UL << (signal - 1);
  }
  s->signals = CALL(signalfd4, -1, &every_signal, SIGNAL_SET_SIZE, O_CLOEXEC | O_NONBLOCK);
}

static int read_oom_score(int file) {
  char text[16] = "";
  CALL(pread, file, text, sizeof text - 1, 0);
  int score = 0, negative = text[0] == '-';
  for (const char *digit = text + negative; *digit >= '0' && *digit <= '9'; digit++) score = score * 10 + (*digit - '0');
  return negative ? -score : score;
}

/* Three files a job may be more than a program gets by custom; agent and jobs get what we got. */
static void take_limits(struct supervisor *s) {
  CALL(prlimit64, 0, RLIMIT_NOFILE, 0, &s->files);
  CALL(close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC); /* whatever else was left to us must not be left to the jobs */
  struct limit all = {.soft = s->files.hard, .hard = s->files.hard};
  CALL(prlimit64, 0, RLIMIT_NOFILE, &all, 0);
  s->oom_score = read_oom_score(s->own_oom_score);
}

static struct supervisor *set_up(int socket, int own_oom_score) {
  struct supervisor *s =
      (void *)CALL(mmap, 0, sizeof *s + KEPT, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (is_error((u64)s)) die("no memory for the supervisor");
  s = (void *)(((u64)s + KEPT - 1) & -(u64)KEPT);
  s->socket = socket;
  s->starts_agents = socket < 0;
  s->own_oom_score = own_oom_score;
  s->next_look = s->stop_by = s->start_agent_at = s->send_by = NEVER;
  take_signals(s);
  s->loop = CALL(epoll_create1, O_CLOEXEC);
  if (s->signals < 0 || s->loop < 0) die("no files for the supervisor");
  watch(s, s->signals, WATCH_SIGNALS);
  if (socket >= 0) watch(s, socket, WATCH_SOCKET);
  CALL(prctl, PR_SET_CHILD_SUBREAPER, 1); /* whatever loses its parent becomes a child of ours */
  take_limits(s);
  choose_marks(s);
  return s;
}

static void read_signals(struct supervisor *s) {
  u32 information[32];
  while (CALL(read, s->signals, information, sizeof information) == sizeof information) pass_signal(s, information[0]);
  reap(s);
}

/* Nanoseconds on the clock. */
static u64 next_alarm(const struct supervisor *s) {
  u64 next = least(s->next_look, s->blocked ? NEVER : s->send_by);
  next = least(next, least(s->stop_by, s->start_agent_at));
  for (u32 slot = 0; slot < s->top; slot++)
    if (s->jobs[slot].state != FREE) next = least(next, s->jobs[slot].alarm);
  return next;
}

/* Milliseconds until the next alarm, -1: none. */
static int time_left(const struct supervisor *s) {
  u64 next = next_alarm(s);
  if (next == NEVER) return -1;
  if (next <= s->now) return 0;
  return least((next - s->now + MILLISECONDS - 1) / MILLISECONDS, 1000000);
}

static void wait_for_something(struct supervisor *s) {
  struct epoll_event events[EVENTS];
  long count = CALL(epoll_pwait, s->loop, events, EVENTS, time_left(s));
  s->now = read_clock();
  for (long i = 0; i < count; i++) {
    long data = events[i].data;
    if (data >= 0) read_stream(s, &s->jobs[data / 2], data % 2);
    else if (data == WATCH_SIGNALS) read_signals(s);
    else if (!s->blocked && !s->closing && s->socket >= 0 && receive_frames(s) == 0) end_conversation(s);
  }
}

/* What a new agent needs to know of all jobs, before it hears more of any; 1: there is more. */
static int tell(struct supervisor *s) {
  int more = 0;
  for (u32 slot = 0; slot < s->top; slot++) more |= offer_stream(s, slot, RECORD_STREAM);
  if (more) return 1;
  for (u32 slot = 0; slot < s->top; slot++)
    more |= offer_stream(s, slot, STDOUT_STREAM) | offer_stream(s, slot, STDERR_STREAM) | report_job(s, slot);
  return more;
}

/* There may be more to do and to tell than fits into the buffer at once. */
static void answer(struct supervisor *s) {
  int more;
  do {
    more = take_frames(s);
    if (s->greeted) more |= tell(s);
    send_frames(s);
  } while (more && !s->blocked && !s->closing);
  while (s->top && s->jobs[s->top - 1].state == FREE) s->top--;
}

static void look_at_the_clock(struct supervisor *s) {
  for (u32 slot = 0; slot < s->top; slot++)
    if (s->jobs[slot].state != FREE && s->jobs[slot].alarm <= s->now) ring(s, &s->jobs[slot]);
  look_after_agent(s);
}

/* Whether nothing runs any more: all jobs are gone, which the agent sees by the socket, and then the agent. */
static int all_gone(struct supervisor *s) {
  int gone = 1;
  for (u32 slot = 0; slot < s->top; slot++) {
    kill_job(s, &s->jobs[slot]);
    drain(s, &s->jobs[slot]);
    if (s->jobs[slot].state != FREE && s->jobs[slot].state < ENDED) gone = 0;
  }
  if (s->socket >= 0) CALL(epoll_ctl, s->loop, EPOLL_CTL_DEL, s->socket, 0);
  if (gone && s->socket >= 0) {
    CALL(close, s->socket);
    s->socket = -1;
  }
  return gone && !s->agent;
}

void supervise(int socket, int own_oom_score) {
  struct supervisor *s = set_up(socket, own_oom_score);
  s->now = read_clock();
  if (s->starts_agents) s->start_agent_at = s->now;
  for (;;) {
    if (s->now >= s->start_agent_at && start_agent(s)) return;
    look_at_the_clock(s);
    answer(s);
    if (s->closing && all_gone(s)) CALL(exit_group, s->exit_code);
    wait_for_something(s);
  }
}

/* The agent, where it is our child: it is started, watched, and replaced by another one when it dies or falls silent. */
#include "supervisor.h"

enum { FIRST_PAUSE = 100, LAST_PAUSE = 3000, MOST_RESTARTS = 8, STEADY = 60000, LOOKS = 5, LAST_STOP = 2000 }; /* milliseconds, but for numbers of times */

/* In a process group of its own, not that of the terminal: what is typed there reaches us alone, and the agent once. */
static void become_the_agent(struct supervisor *s, int socket) {
  CALL(setpgid, 0, 0);
  CALL(prctl, PR_SET_PDEATHSIG, SIGTERM); /* a supervisor that is killed takes its agent along */
  if (socket != AGENT_SOCKET) CALL(dup3, socket, AGENT_SOCKET, O_CLOEXEC);
  CALL(close_range, AGENT_SOCKET + 1, ~0U, 0);
  CALL(prlimit64, 0, RLIMIT_NOFILE, &s->files, 0);
  CALL(sigprocmask, SIG_SETMASK, &s->inherited_signals, 0, SIGNAL_SET_SIZE);
}

static void signal_agent(struct supervisor *s, int signal) {
  if (s->agent) CALL(kill, s->agent, signal);
}

/* Of our two ends one remains: that of the agent in the agent, ours in us. Returns as clone(2) does. */
static long fork_agent(struct supervisor *s) {
  int sockets[2];
  long error = CALL(socketpair, AF_UNIX, SOCK_STREAM_CLOEXEC, 0, sockets);
  if (error < 0) return error;
  long agent = CALL(clone, SIGCHLD);
  if (agent == 0) become_the_agent(s, sockets[1]);
  else CALL(close, sockets[1]);
  if (agent < 0) CALL(close, sockets[0]);
  else s->socket = sockets[0];
  return agent;
}

static void set_next_look(struct supervisor *s) { s->next_look = s->look_every ? s->now + s->look_every : NEVER; }

/* 1: in the agent. */
int start_agent(struct supervisor *s) {
  long agent = fork_agent(s);
  if (agent == 0) return 1;
  if (agent < 0) {
    if (!s->serving) die("cannot fork the agent");
    complain("cannot fork the agent: trying again"); /* the jobs may leave room for a process */
    s->start_agent_at = s->now + LAST_PAUSE * MILLISECONDS;
    return 0;
  }
  s->agent = agent;
  s->agent_started = s->now;
  s->start_agent_at = NEVER;
  set_next_look(s); /* as its predecessor has asked for */
  watch(s, s->socket, WATCH_SOCKET);
  return 0;
}

/* What an earlier agent left is handed to this one from its beginning. */
static u32 hand_over(struct supervisor *s, u32 slot) {
  struct job *job = &s->jobs[slot];
  if (job->state == FREE) return 0;
  struct handed handed = {.pid = job->pid, .record = job->streams[RECORD_STREAM].written};
  for (int i = 0; i < STREAMS; i++) job->streams[i].sent = job->streams[i].credit = 0;
  job->streams[RECORD_STREAM].credit = NEVER;
  if (job->state == REPORTED) job->state = ENDED;
  put_frame(s, HANDED, slot, &handed, sizeof handed);
  return 1;
}

/* From the first demand that an agent could have heard. */
static void set_stop(struct supervisor *s) {
  if (s->stops && s->stop_time && s->stop_by == NEVER) s->stop_by = s->now + s->stop_time;
}

/* Nothing was sent before, so there is room for all. */
void greet(struct supervisor *s, const struct hello *hello) {
  struct greeting greeting = {.version = PROTOCOL_VERSION};
  for (u32 slot = 0; slot < s->top; slot++) greeting.jobs += s->jobs[slot].state != FREE;
  memcpy(s->scratch, &greeting, sizeof greeting);
  memcpy(s->scratch + sizeof greeting, s->note, s->note_size);
  put_frame(s, GREETING, 0, s->scratch, sizeof greeting + s->note_size);
  for (u32 slot = 0; slot < s->top; slot++) hand_over(s, slot);
  if (s->serving && s->stops) signal_agent(s, SIGTERM); /* its predecessor was told to stop, and did not finish that */
  if (s->serving && s->stops > 1) signal_agent(s, SIGINT);
  s->greeted = s->serving = 1;
  s->look_every = s->starts_agents ? hello->patience / LOOKS * MILLISECONDS : 0;
  set_next_look(s);
  s->stop_time = least(hello->stop, LONGEST) * MILLISECONDS;
  set_stop(s);
}

/* It makes no sense any more to listen. */
void end_conversation(struct supervisor *s) {
  if (!s->starts_agents) {
    s->closing = 1; /* the socket is closed when all jobs are gone */
    return;
  }
  CALL(close, s->socket);
  s->socket = -1;
  signal_agent(s, SIGKILL);
}

/* What it asked for before it died happens; only half a request does not. It is given up when many in a row have lived for a
 * short time and brought no job to its end. */
void agent_died(struct supervisor *s, int code) {
  s->agent = 0;
  do
    while (take_frames(s)) s->sending = 0;
  while (receive_frames(s) > 0);
  CALL(close, s->socket);
  s->socket = -1;
  s->greeted = s->blocked = s->silence = 0;
  s->received = s->sending = s->sent = 0;
  s->next_look = NEVER;
  s->exit_code = s->serving && !code ? 1 : code; /* it had no leave to go */
  if (s->now - s->agent_started > STEADY * MILLISECONDS) s->restarts = 0;
  if (s->closing || !s->serving || s->restarts == MOST_RESTARTS) {
    s->closing = 1;
    return;
  }
  complain("the agent died: starting it again, the executions go on");
  s->start_agent_at = s->now + (FIRST_PAUSE << s->restarts++) * MILLISECONDS;
}

/* Counted in looks and not in time, because all of us may have stood still. */
static void look(struct supervisor *s) {
  set_next_look(s);
  if (++s->silence <= LOOKS) return;
  complain("the agent hangs: killing it");
  signal_agent(s, SIGKILL);
}

void look_after_agent(struct supervisor *s) {
  if (s->now >= s->next_look) look(s);
  if (s->now < s->stop_by) return;
  complain("the agent did not stop in time: killing everything");
  s->stop_by = s->start_agent_at = NEVER;
  s->closing = 1;
  signal_agent(s, SIGKILL);
}

/* A third demand to stop is the last one. Agents after the first one hear of it when they have greeted us: before, they could not obey. A
 * terminal is lost once, though both shell and kernel say so. */
static void demand_stop(struct supervisor *s, int signal) {
  if (signal == SIGHUP && s->hung_up++) return;
  s->stops++;
  set_stop(s);
  if (s->stops == 3) s->stop_by = s->now + LAST_STOP * MILLISECONDS;
  if (s->greeted || !s->serving) signal_agent(s, signal);
}

/* Ctrl-Z stops both of us, and not the jobs; but not where nobody could continue us, which the kernel knows. */
static void pause_both(struct supervisor *s) {
  u64 stop = 1UL << (SIGTSTP - 1);
  long ourselves = CALL(getpid);
  signal_agent(s, SIGSTOP);
  CALL(kill, ourselves, SIGTSTP);
  CALL(sigprocmask, SIG_UNBLOCK, &stop, 0, SIGNAL_SET_SIZE);
  CALL(sigprocmask, SIG_BLOCK, &stop, 0, SIGNAL_SET_SIZE);
  signal_agent(s, SIGCONT);
}

/* Signals of the container are the agent's, but for those that were ignored already when we came (`nohup`). Where the agent is our
 * parent, they are nobody's: the end of the socket is what ends us. */
void pass_signal(struct supervisor *s, int signal) {
  if (!s->starts_agents || signal == SIGCHLD || s->ignored_signals >> (signal - 1) & 1) return;
  if (signal == SIGTERM || signal == SIGINT || signal == SIGHUP || signal == SIGQUIT) demand_stop(s, signal);
  else if (signal == SIGTSTP) pause_both(s);
  else signal_agent(s, signal);
}

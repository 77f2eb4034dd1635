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

/* 1: in the agent. */
int start_agent(struct supervisor *s) {
  int sockets[2];
  if (CALL(socketpair, AF_UNIX, SOCK_STREAM_CLOEXEC, 0, sockets) < 0) die("cannot make a socket for the agent");
  long agent = CALL(clone, SIGCHLD);
  if (agent < 0 && !s->serving) die("cannot fork the agent");
  if (agent == 0) {
    become_the_agent(s, sockets[1]);
    return 1;
  }
  CALL(close, sockets[1]);
  s->start_agent_at = agent < 0 ? s->now + LAST_PAUSE * MILLISECONDS : NEVER; /* until the jobs leave room for a process */
  s->agent = agent < 0 ? 0 : agent;
  s->socket = sockets[0];
  s->agent_started = s->now;
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

/* Nothing was sent before, so there is room for all. */
void greet(struct supervisor *s, const struct hello *hello) {
  struct greeting greeting = {.version = PROTOCOL_VERSION};
  for (u32 slot = 0; slot < s->top; slot++) greeting.jobs += s->jobs[slot].state != FREE;
  memcpy(s->scratch, &greeting, sizeof greeting);
  memcpy(s->scratch + sizeof greeting, s->note, s->note_size);
  put_frame(s, GREETING, 0, s->scratch, sizeof greeting + s->note_size);
  for (u32 slot = 0; slot < s->top; slot++) hand_over(s, slot);
  s->greeted = s->serving = 1;
  s->stop_time = hello->stop * MILLISECONDS;
  s->look_every = s->starts_agents ? hello->patience / LOOKS * MILLISECONDS : 0;
  s->next_look = s->look_every ? s->now + s->look_every : NEVER;
  if (s->stops) CALL(kill, s->agent, SIGTERM); /* its predecessor was told to stop, and did not finish that */
}

/* It makes no sense any more to listen. */
void end_conversation(struct supervisor *s) {
  if (s->starts_agents) CALL(epoll_ctl, s->loop, EPOLL_CTL_DEL, s->socket, 0);
  else s->closing = 1;
  if (s->agent) CALL(kill, s->agent, SIGKILL);
}

/* What it asked for before it died happens; only half a request does not. It is given up when many in a row have lived for a
 * short time and brought no job to its end. */
void agent_died(struct supervisor *s, int code) {
  do
    while (take_frames(s)) s->sending = 0;
  while (receive_frames(s) > 0);
  CALL(close, s->socket);
  s->socket = -1;
  s->agent = s->greeted = s->blocked = s->silence = 0;
  s->received = s->sending = s->sent = 0;
  s->next_look = NEVER;
  s->exit_code = code;
  if (s->now - s->agent_started > STEADY * MILLISECONDS) s->restarts = 0;
  if (!s->serving || s->restarts == MOST_RESTARTS) {
    s->closing = 1;
    return;
  }
  complain("the agent died: starting it again, the executions go on");
  s->start_agent_at = s->now + (FIRST_PAUSE << s->restarts++) * MILLISECONDS;
}

/* Counted in looks and not in time, because all of us may have stood still. */
static void look(struct supervisor *s) {
  s->next_look = s->now + s->look_every;
  if (++s->silence <= LOOKS) return;
  complain("the agent hangs: killing it");
  CALL(kill, s->agent, SIGKILL);
}

void look_after_agent(struct supervisor *s) {
  if (s->now >= s->next_look) look(s);
  if (s->now < s->stop_by || s->closing) return;
  complain("the agent did not stop in time: killing everything");
  s->closing = 1;
  if (s->agent) CALL(kill, s->agent, SIGKILL);
}

/* A third demand to stop is the last one. */
static void count_stop(struct supervisor *s) {
  s->stops++;
  if (s->stops == 1 && s->stop_time) s->stop_by = s->now + s->stop_time;
  if (s->stops == 3) s->stop_by = s->now + LAST_STOP * MILLISECONDS;
}

/* Ctrl-Z stops both of us, and not the jobs. */
static void pause_both(struct supervisor *s) {
  long ourselves = CALL(getpid);
  CALL(kill, s->agent, SIGSTOP);
  CALL(kill, ourselves, SIGSTOP);
  CALL(kill, s->agent, SIGCONT);
}

/* Signals of the container are the agent's. Where the agent is our parent, they are nobody's: the end of the socket is what ends us. */
void pass_signal(struct supervisor *s, int signal) {
  if (!s->starts_agents || signal == SIGCHLD) return;
  if (signal == SIGTERM || signal == SIGINT || signal == SIGHUP || signal == SIGQUIT) count_stop(s);
  if (!s->agent) return;
  if (signal == SIGTSTP) pause_both(s);
  else CALL(kill, s->agent, signal);
}

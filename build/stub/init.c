/* The init: some pages of memory that stay behind as process 1 of the container while the agent runs as its child. It is the
 * supervisor (build/supervisor): it starts and owns the jobs, reaps every orphan, forwards every signal, and ends with the agent's
 * exit status. */
#include "stub.h"

/* The agent's own process group, in the foreground if there is a terminal: Ctrl-C reaches the agent once. */
static void become_the_agent(u64 signal_mask) {
  int group = CALL(getpid);
  CALL(setpgid, 0, 0);
  CALL(ioctl, 0, TIOCSPGRP, &group);
  CALL(prctl, PR_SET_PDEATHSIG, SIGTERM); /* an init that is killed takes its agent along */
  CALL(sigprocmask, SIG_SETMASK, &signal_mask, 0, SIGNAL_SET_SIZE);
}

/* Returns in the agent, with its end of the socket between the two. */
int stay_behind_as_init(int own_oom_score) {
  u64 every_signal = ~0UL, signal_mask;
  int sockets[2];
  CALL(sigprocmask, SIG_BLOCK, &every_signal, &signal_mask, SIGNAL_SET_SIZE);
  if (CALL(socketpair, AF_UNIX, SOCK_STREAM_CLOEXEC, 0, sockets) < 0) die("cannot make a socket for the agent");

  long agent = CALL(clone, SIGCHLD);
  if (agent < 0) die("cannot fork the agent");
  if (agent == 0) {
    become_the_agent(signal_mask);
    CALL(close, sockets[0]);
    CALL(close, own_oom_score);
    return sockets[1];
  }
  CALL(close, sockets[1]);
  supervise(sockets[0], agent, own_oom_score);
}

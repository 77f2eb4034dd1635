/* The init: some pages of memory that stay behind as process 1 of the container while the agent runs as its child.
 * It reaps every orphan, forwards every signal, and ends with the agent's exit status. */
#include "stub.h"

/* The agent's own process group, in the foreground if there is a terminal: Ctrl-C reaches the agent once. */
static void become_the_agent(u64 signal_mask) {
  int group = CALL(getpid);
  CALL(setpgid, 0, 0);
  CALL(ioctl, 0, TIOCSPGRP, &group);
  CALL(prctl, PR_SET_PDEATHSIG, SIGTERM); /* an init that is killed takes its agent along */
  CALL(sigprocmask, SIG_SETMASK, &signal_mask, 0, SIGNAL_SET_SIZE);
}

/* As a shell does: 128 and the number for a death by signal. */
static int exit_code(int status) {
  int signal = status & 0x7f;
  return signal ? 128 + signal : (status >> 8) & 0xff;
}

static void reap(long agent) {
  int status;
  for (long child; (child = CALL(wait4, -1, &status, WNOHANG, 0)) > 0;)
    if (child == agent) CALL(exit_group, exit_code(status));
}

void stay_behind_as_init(void) {
  u64 every_signal = ~0UL, signal_mask;
  CALL(sigprocmask, SIG_BLOCK, &every_signal, &signal_mask, SIGNAL_SET_SIZE);
  CALL(prctl, PR_SET_CHILD_SUBREAPER, 1); /* orphans come here also where this process is not number 1 */

  long agent = CALL(clone, SIGCHLD);
  if (agent < 0) die("cannot fork the agent");
  if (agent == 0) {
    become_the_agent(signal_mask);
    return;
  }
  for (;;) {
    long signal = CALL(sigtimedwait, &every_signal, 0, 0, SIGNAL_SET_SIZE);
    if (signal == SIGCHLD) reap(agent);
    else if (signal > 0) CALL(kill, agent, signal);
  }
}

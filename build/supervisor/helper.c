/* The supervisor as a program of its own: without arguments the child of an agent, which gave it a socket; with arguments the parent of
 * agents that are programs, started as the arguments say. */
#include "supervisor.h"

void help(u64 *stack) {
  char **arguments = (char **)stack + 1;
  int own_oom_score = CALL(openat, AT_FDCWD, "/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
  if (stack[0] > 1) {
    supervise(-1, own_oom_score);
    CALL(fcntl, AGENT_SOCKET, F_SETFD, 0);
    CALL(execve, arguments[1], arguments + 1, stack + stack[0] + 2);
    die("the agent can't be started");
  }
  if (CALL(fcntl, AGENT_SOCKET, F_SETFD, FD_CLOEXEC) < 0) die("the supervisor wants a socket as its file 3");
  supervise(AGENT_SOCKET, own_oom_score);
}

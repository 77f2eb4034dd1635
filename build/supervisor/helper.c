/* The supervisor as a program of its own: the agent's child, where the agent is not started by the stub. */
#include "supervisor.h"

enum { SOCKET = 3 };

void help(void) {
  if (CALL(fcntl, SOCKET, F_SETFD, FD_CLOEXEC) < 0) die("the supervisor wants a socket as its file 3");
  supervise(SOCKET, 0, CALL(openat, AT_FDCWD, "/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC));
}

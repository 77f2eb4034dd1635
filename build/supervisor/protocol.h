/* What the agent and the supervisor say to each other over one stream socket. The agent's end: src/agent/host/supervised.
 *
 * Every message is a frame: a header and `size` bytes, all numbers little-endian and unaligned. A job is known by its slot,
 * 0 to JOBS - 1, chosen by the agent; the slot is the agent's again with REFUSED or EXITED. Frames for a slot without a running job
 * are ignored: the job ended while they were under way. A frame that makes no sense ends the conversation, and with it all jobs.
 *
 *   agent       STDIN*  START         CREDIT*            [END | KILL]
 *   supervisor  HELLO          STARTED         OUTPUT*                  EXITED
 *               (once)         | REFUSED
 *
 * The conversation ends with the socket: the supervisor then kills every job and everything that came of it, and exits. */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include "../stub/system.h"

enum {
  PROTOCOL_VERSION = 1,
  JOBS = 1024,                  /* slots */
  MAX_FRAME = 8 << 20,          /* bytes behind a header; more than any arguments and environment that Linux takes */
  MAX_STRINGS = 256 << 10,      /* of one job: arguments and variables */
  MAX_OUTPUT = 32 << 10,        /* bytes of a stream in one frame */
};

struct __attribute__((packed)) header {
  u32 size;
  u16 type, slot;
};

enum type {
  /* From the agent. */
  STDIN = 1,  /* bytes: what the next job of this slot reads from its stdin; any number of frames; none: end of file at once */
  START = 2,  /* struct start */
  CREDIT = 3, /* struct credit: so many more bytes of the stream may be sent; the START gives the first */
  END = 4,    /* u32 cause: TERM to the group, the job's grace, KILL; the first cause wins */
  KILL = 5,   /* nothing: KILL at once */
  /* From the supervisor. */
  HELLO = 16,   /* struct hello */
  STARTED = 17, /* u32 process id */
  REFUSED = 18, /* struct refusal: the program could not be started */
  OUTPUT = 19,  /* struct output, bytes: in order for each stream; all come before EXITED */
  EXITED = 20,  /* struct report: the job, and all that came of it, is gone */
};

enum cause { EXIT = 0, TIMEOUT = 1, CANCELLED = 2, SHUTDOWN = 3, FENCED = 4 };

struct __attribute__((packed)) hello {
  u32 version, jobs;
};

struct __attribute__((packed)) limit {
  u64 soft, hard;
};

struct __attribute__((packed)) start {
  u64 deadline, grace; /* milliseconds from now until END by TIMEOUT, 0: never; between TERM and KILL */
  u64 credit;          /* of each stream, in bytes */
  u32 mask;            /* umask */
  u32 flags;
  u32 user, group;     /* with AS_USER; no other groups */
  int nice;            /* added to the supervisor's */
  int oom_score_adj;   /* added to the supervisor's: the kernel ends jobs before it ends the agent */
  u32 limits;          /* how many struct limited follow */
  u32 arguments, variables;
  /* struct limited[limits], then texts, each with a NUL behind it: working directory, arguments, variables ("A=b") */
};
enum { AS_USER = 1, NO_NEW_PRIVILEGES = 2 };

struct __attribute__((packed)) limited {
  u64 resource; /* a number of setrlimit(2) */
  struct limit limit;
};

struct __attribute__((packed)) credit {
  u32 stream; /* 0: stdout, 1: stderr */
  u32 bytes;
};

struct __attribute__((packed)) refusal {
  u32 error; /* errno */
  u32 step;
};
enum step { IN_FRAME = 0, IN_PIPES, IN_CLONE, IN_LIMITS, IN_PRIORITY, IN_USER, IN_DIRECTORY, IN_PROGRAM };

struct __attribute__((packed)) output {
  u64 offset; /* in bytes, from the start of the stream */
  u32 stream;
};

struct __attribute__((packed)) report {
  u64 wall, user, system; /* microseconds; CPU of the first process and of all children that were waited for */
  u64 peak;               /* bytes: most resident memory of any one of them */
  u64 bytes[2];           /* of stdout and stderr */
  u32 status;             /* as wait(2) tells it */
  u32 cause;
  u32 strays;             /* processes that outlived the first one and were killed */
  u32 survivors;          /* processes that KILL did not end in time */
  u32 leaked;             /* 1: a stream was given up because something that was not found holds it open */
};

#endif

/* What the agent and the supervisor say to each other over one stream socket. The agent's end: src/agent/host/supervised.
 *
 * Every message is a frame: a header and `size` bytes, all numbers little-endian and unaligned. A job is known by its slot,
 * 0 to JOBS - 1, chosen by the agent; the slot is the agent's again with REFUSED or its own RELEASE. Frames for a slot without a
 * running job are ignored: the job ended while they were under way. A frame that makes no sense ends the conversation.
 *
 *   agent       HELLO                    START          CREDIT*     [END | KILL]        RELEASE  GOODBYE
 *   supervisor        GREETING HANDED*         STARTED      OUTPUT*              EXITED
 *                                            | REFUSED
 *
 * An agent that says GOODBYE means it: the supervisor kills what runs, closes the socket, and ends with the agent's exit status. An
 * agent that ends otherwise, or falls silent, is replaced by a new one. Its HELLO is answered with all jobs that there are, and
 * what belongs to each begins again: the record, then, as the new agent gives credit, all output from the first byte on. */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include "../stub/system.h"

enum {
  PROTOCOL_VERSION = 2,
  AGENT_SOCKET = 3,        /* the agent's end of the socket */
  JOBS = 1024,             /* slots */
  MAX_FRAME = 64 << 20,    /* bytes behind a header */
  MAX_STRINGS = 256 << 10, /* of one job: arguments and variables */
  MAX_NOTE = 4096,         /* bytes */
  MAX_OUTPUT = 32 << 10,   /* bytes of a stream in one frame */
};

struct __attribute__((packed)) header {
  u32 size;
  u16 type, slot;
};

enum type {
  /* From the agent. */
  HELLO = 1,   /* struct hello, first and once */
  NOTE = 2,    /* bytes that the next agent finds in its GREETING */
  PING = 3,    /* nothing: a sign of life, as is every other frame */
  START = 4,   /* struct start */
  CREDIT = 5,  /* struct credit: so many more bytes of the stream may be sent; the START gives the first */
  END = 6,     /* u32 cause: TERM to the group, the job's grace, KILL; the first cause wins */
  KILL = 7,    /* nothing: KILL at once */
  RELEASE = 8, /* nothing: what is kept of a job that has EXITED is not needed any more */
  GOODBYE = 9, /* nothing */
  /* From the supervisor. */
  GREETING = 16, /* struct greeting, note */
  HANDED = 17,   /* struct handed: a job of an earlier agent; its record and output follow as OUTPUT */
  STARTED = 18,  /* u32 process id */
  REFUSED = 19,  /* struct refusal: the program could not be started */
  OUTPUT = 20,   /* struct output, bytes: in order for each stream; all come before EXITED */
  EXITED = 21,   /* struct report: the job, and all that came of it, is gone */
};

enum cause { EXIT = 0, TIMEOUT = 1, CANCELLED = 2, SHUTDOWN = 3, FENCED = 4 };
enum stream_index { STDOUT_STREAM = 0, STDERR_STREAM = 1, RECORD_STREAM = 2, STREAMS = 3 };

struct __attribute__((packed)) hello {
  u32 version;
  u32 patience; /* milliseconds of silence after which the agent is killed and replaced, 0: never */
  u64 stop;     /* milliseconds from the first TERM, INT, HUP or QUIT until everything is killed, 0: never */
};

struct __attribute__((packed)) greeting {
  u32 version, jobs; /* how many HANDED follow */
};

struct __attribute__((packed)) handed {
  u32 pid;
  u64 record; /* bytes */
};

struct __attribute__((packed)) limit {
  u64 soft, hard;
};

struct __attribute__((packed)) start {
  u64 deadline, grace; /* milliseconds from now until END by TIMEOUT, 0: never; between TERM and KILL */
  u64 credit;          /* of each stream, in bytes */
  u64 head, tail;      /* bytes kept of each stream: the first and the last ones; what lies between is dropped */
  u32 mask;            /* umask */
  u32 flags;
  u32 user, group;     /* with AS_USER */
  int nice;            /* added to the supervisor's */
  int oom_score_adj;   /* added to the supervisor's: the kernel ends jobs before it ends the agent */
  u32 limits, groups;  /* how many struct limited follow, and supplementary groups */
  u32 arguments, variables;
  u32 stdin, record; /* bytes: what the job reads before its end of file; what the agent needs to go on with the job */
  /* struct limited[limits], u32[groups], u8[stdin], u8[record], then texts, each with a NUL behind it: working directory, arguments,
   * variables ("A=b") */
};
enum { AS_USER = 1, NO_NEW_PRIVILEGES = 2 };

struct __attribute__((packed)) limited {
  u64 resource; /* a number of setrlimit(2) */
  struct limit limit;
};

struct __attribute__((packed)) credit {
  u32 stream;
  u32 bytes;
};

struct __attribute__((packed)) refusal {
  u32 error; /* errno */
  u32 step;
};
enum step { IN_FRAME = 0, IN_PIPES, IN_CLONE, IN_LIMITS, IN_PRIORITY, IN_USER, IN_DIRECTORY, IN_PROGRAM };

struct __attribute__((packed)) output {
  u64 offset; /* in bytes, from the start of the stream; more than the bytes so far: between them some were dropped */
  u32 stream;
};

struct __attribute__((packed)) report {
  u64 wall, user, system; /* microseconds; CPU of the first process and of all children that were waited for */
  u64 peak;               /* bytes: most resident memory of any one of them */
  u64 bytes[2];           /* of stdout and stderr, with those that were dropped */
  u32 status;             /* as wait(2) tells it */
  u32 cause;
  u32 strays;             /* processes that outlived the first one and were killed, as many as were seen at once */
  u32 survivors;          /* processes that KILL did not end in time */
  u32 lost;               /* what became of the streams */
};
enum lost { NOTHING_LOST = 0, LEAKED = 1 /* held open by something that was not found */, NO_MEMORY = 2 /* to keep them */ };

#endif

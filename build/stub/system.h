/* The few Linux facts that the stub needs: types, system calls, ELF structures. There is no libc here. */
#ifndef SYSTEM_H
#define SYSTEM_H

typedef unsigned long u64;
typedef unsigned int u32;
typedef unsigned short u16;
typedef unsigned char u8;

/* ---- system calls: the number differs between architectures, the meaning does not ---- */

#if defined(__x86_64__)
enum {
  SYS_read = 0, SYS_write = 1, SYS_close = 3, SYS_lseek = 8, SYS_mmap = 9, SYS_sigaction = 13, SYS_sigprocmask = 14,
  SYS_ioctl = 16, SYS_pread = 17, SYS_pwrite = 18, SYS_madvise = 28, SYS_getpid = 39, SYS_sendfile = 40, SYS_sendto = 44,
  SYS_recvfrom = 45, SYS_socketpair = 53, SYS_clone = 56, SYS_execve = 59, SYS_wait4 = 61, SYS_kill = 62, SYS_fcntl = 72,
  SYS_chdir = 80, SYS_fchown = 93, SYS_umask = 95, SYS_setuid = 105, SYS_setgid = 106, SYS_setpgid = 109, SYS_setsid = 112,
  SYS_setgroups = 116, SYS_sigtimedwait = 128, SYS_getpriority = 140, SYS_setpriority = 141, SYS_prctl = 157,
  SYS_getdents64 = 217, SYS_clock_gettime = 228, SYS_exit_group = 231, SYS_epoll_ctl = 233, SYS_openat = 257,
  SYS_epoll_pwait = 281, SYS_signalfd4 = 289, SYS_epoll_create1 = 291, SYS_dup3 = 292, SYS_pipe2 = 293,
  SYS_prlimit64 = 302, SYS_getrandom = 318, SYS_memfd_create = 319, SYS_close_range = 436
};

static inline long system_call(long number, long a, long b, long c, long d, long e, long f) {
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
enum {
  SYS_epoll_create1 = 20, SYS_epoll_ctl = 21, SYS_epoll_pwait = 22, SYS_dup3 = 24, SYS_fcntl = 25, SYS_ioctl = 29,
  SYS_chdir = 49, SYS_fchown = 55, SYS_openat = 56, SYS_close = 57, SYS_pipe2 = 59, SYS_getdents64 = 61, SYS_lseek = 62, SYS_read = 63,
  SYS_write = 64, SYS_pread = 67, SYS_pwrite = 68, SYS_sendfile = 71, SYS_signalfd4 = 74, SYS_exit_group = 94,
  SYS_clock_gettime = 113, SYS_kill = 129, SYS_sigaction = 134, SYS_sigprocmask = 135, SYS_sigtimedwait = 137,
  SYS_setpriority = 140, SYS_getpriority = 141, SYS_setgid = 144, SYS_setuid = 146, SYS_setpgid = 154, SYS_setsid = 157,
  SYS_setgroups = 159, SYS_umask = 166, SYS_prctl = 167, SYS_getpid = 172, SYS_socketpair = 199, SYS_sendto = 206,
  SYS_recvfrom = 207, SYS_clone = 220, SYS_execve = 221, SYS_mmap = 222, SYS_madvise = 233, SYS_wait4 = 260,
  SYS_prlimit64 = 261, SYS_getrandom = 278, SYS_memfd_create = 279, SYS_close_range = 436
};

static inline long system_call(long number, long a, long b, long c, long d, long e, long f) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
}
#else
#error "no stub for this architecture"
#endif

/* CALL(close, fd): missing arguments are zero. */
#define CALL(name, ...) CALL_SIX(name, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define CALL_SIX(name, a, b, c, d, e, f, ...) \
  system_call(SYS_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* What the supervisor needs besides. */
enum { EPERM = 1, ESRCH = 3, EINTR = 4, ENOEXEC = 8, EAGAIN = 11, ENOMEM = 12, EBUSY = 16, EINVAL = 22 };
enum { O_RDONLY = 0, O_RDWR = 2, O_NONBLOCK = 04000, O_CLOEXEC = 02000000 };
enum { AF_UNIX = 1, SOCK_STREAM_CLOEXEC = 02000001, F_SETFD = 2, F_SETFL = 4, FD_CLOEXEC = 1, MAP_NORESERVE = 0x4000, MADV_DONTNEED = 4 };
enum { MSG_DONTWAIT = 0x40, MSG_NOSIGNAL = 0x4000, CLOCK_MONOTONIC = 1, RLIMIT_NOFILE = 7, RLIMIT_LOCKS = 10, CLOSE_RANGE_CLOEXEC = 4 };
enum { CLONE_VM = 0x100, CLONE_VFORK = 0x4000, SIGHUP = 1, SIGINT = 2, SIGQUIT = 3, SIGKILL = 9, SIGCONT = 18, SIGSTOP = 19, SIGTSTP = 20, PR_SET_NO_NEW_PRIVS = 38, PR_CAP_AMBIENT = 47, PR_CAP_AMBIENT_CLEAR_ALL = 4, WAIT_ALL = 0x40000000 };
enum { EPOLLIN = 1, EPOLLOUT = 4, EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3 };

#if defined(__x86_64__)
#define PACKED_ON_X64 __attribute__((packed))
#else
#define PACKED_ON_X64
#endif
struct PACKED_ON_X64 epoll_event {
  u32 events;
  long data;
};

struct usage { /* struct rusage */
  long user_seconds, user_microseconds, system_seconds, system_microseconds, peak_kilobytes, others[13];
};

/* A system call that returns an address reports an error as one of the last 4095 values. */
static inline int is_error(u64 result) { return result > -4096UL; }

enum { AT_FDCWD = -100, O_RDONLY_CLOEXEC = 02000000, MFD_CLOEXEC = 1 };
enum { PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4, MAP_PRIVATE = 2, MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20 };
enum { PR_SET_PDEATHSIG = 1, PR_SET_DUMPABLE = 4, PR_SET_CHILD_SUBREAPER = 36 };
enum { SIG_IGN = 1, SIG_BLOCK = 0, SIG_UNBLOCK = 1, SIG_SETMASK = 2, SIGNAL_SET_SIZE = 8, SIGTERM = 15, SIGCHLD = 17, WNOHANG = 1 };

/* ---- what the kernel and ld.so tell each other: ELF headers and the auxiliary vector ---- */

struct elf_header {
  u8 identification[16];
  u16 type, machine;
  u32 version;
  u64 entry, program_headers, section_headers;
  u32 flags;
  u16 header_size, program_header_size, program_header_count, section_header_size, section_header_count, names_index;
};

struct program_header {
  u32 type, flags;
  u64 offset, address, physical_address, file_size, memory_size, alignment;
};

struct auxiliary {
  u64 type, value;
};

enum { PT_LOAD = 1, PF_EXECUTE = 1, PF_WRITE = 2, PF_READ = 4 };
enum { AT_NULL = 0, AT_PHDR = 3, AT_PHNUM = 5, AT_PAGESZ = 6, AT_BASE = 7, AT_ENTRY = 9, AT_SECURE = 23 };

#endif

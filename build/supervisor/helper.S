/* The door of the stand-alone supervisor. */

  .section .text.start, "ax"
  .globl _start

_start:
#if defined(__x86_64__)
  xor %ebp, %ebp
  mov %rsp, %rdi
  and $-16, %rsp
  call help
#elif defined(__aarch64__)
  mov x29, #0
  mov x0, sp
  bl help
#endif

  .section .note.GNU-stack, "", %progbits

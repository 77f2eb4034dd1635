/* The two doors of the stub. The kernel enters `_start`, ld.so enters `_start_program`; both with the stack pointer at
 * argc, and with nothing above it that may be moved. */

  .section .text.start, "ax"
  .globl _start, _start_program

#if defined(__x86_64__)

_start:                         /* new_stack_size(stack); make room below; prepare(new, old); jump to ld.so */
  mov %rsp, %rbx
  mov %rsp, %rdi
  call new_stack_size
  mov %rbx, %rsi
  sub %rax, %rsp
  and $-16, %rsp
  mov %rsp, %rdi
  call prepare
  xor %edx, %edx
  jmp *%rax

_start_program:                 /* rdx is ld.so's exit handler, which Node's _start wants */
  mov %rdx, %rbx
  mov %rsp, %rdi
  call restore
  mov %rbx, %rdx
  jmp *%rax

#elif defined(__aarch64__)

_start:
  mov x19, sp
  mov x0, sp
  bl new_stack_size
  mov x1, x19
  sub x2, x19, x0
  and sp, x2, #-16
  mov x0, sp
  bl prepare
  mov x16, x0
  mov x0, #0
  br x16

_start_program:                 /* x0 is ld.so's exit handler, which Node's _start wants */
  mov x19, x0
  mov x0, sp
  bl restore
  mov x16, x0
  mov x0, x19
  br x16

#endif

  .section .text.parameters, "ax"
  .globl parameters
  .balign 8
parameters:                     /* struct parameters of stub.h: the magic, and room that build/seal.ts fills in */
  .ascii "ATTESEAL"
  .skip 304

  .section .note.GNU-stack, "", %progbits

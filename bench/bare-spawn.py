"""The yardstick: a bare posix_spawn loop, with nothing of ours. Prints how many jobs a second it ran.

usage: bare-spawn.py TOTAL PARALLEL COMMAND INPUT
"""
import os
import select
import sys
import time


def spawn(command, text):
    (out_read, out_write), (in_read, in_write) = os.pipe(), os.pipe()
    actions = [(os.POSIX_SPAWN_DUP2, in_read, 0), (os.POSIX_SPAWN_DUP2, out_write, 1)]
    pid = os.posix_spawn('/bin/sh', ['/bin/sh', '-c', command], os.environ, file_actions=actions)
    os.close(out_write)
    os.close(in_read)
    os.write(in_write, text)
    os.close(in_write)
    return out_read, pid


def main(total, parallel, command, text):
    started = done = 0
    running = {}
    poll = select.poll()
    begin = time.perf_counter()
    while done < total:
        while len(running) < parallel and started < total:
            output, pid = spawn(command, text)
            running[output] = pid
            poll.register(output, select.POLLIN)
            started += 1
        for output, _ in poll.poll():
            if os.read(output, 4096) == b'':
                poll.unregister(output)
                os.close(output)
                os.waitpid(running.pop(output), 0)
                done += 1
    print(total / (time.perf_counter() - begin))


main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4].encode())

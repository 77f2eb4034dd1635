"""What a job needs by itself: milliseconds from a bare posix_spawn until its first instruction tells the time. Prints the median.

usage: bare-start.py COUNT PROGRAM ARGUMENT...
"""
import os
import statistics
import sys
import time


def start(argv):
    read, write = os.pipe()
    begin = time.time()
    pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, write, 1)])
    os.close(write)
    told = float(os.read(read, 100))
    os.close(read)
    os.waitpid(pid, 0)
    time.sleep(0.005)
    return (told - begin) * 1000


print(statistics.median(start(sys.argv[2:]) for _ in range(int(sys.argv[1]))))

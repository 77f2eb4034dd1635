#!/bin/sh
# Parameters arrive as lines like: exit_code='3'
code=$(sed -n "s/^exit_code='\([0-9]*\)'$/\1/p")
echo "the disk is full (not really)" >&2
exit "${code:-3}"

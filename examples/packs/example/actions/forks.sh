#!/bin/sh
# Everything that a process can do to outlive its execution without any privilege.
cat >/dev/null
trap '' TERM HUP INT # The children inherit it.

sleep 3001 &
(sleep 3002 &)
sleep 3003 >/dev/null 2>&1 &
if command -v setsid >/dev/null; then
  setsid sleep 3004 &
  (setsid setsid sleep 3005 >/dev/null 2>&1 &)
fi
echo "children are running"
while :; do wait; sleep 60; done

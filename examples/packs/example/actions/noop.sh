cat >/dev/null; echo hi

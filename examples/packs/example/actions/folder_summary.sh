#!/bin/sh
# Parameters arrive as lines like: folder='/some/where'
set -eu

folder=.
while IFS= read -r line; do
  case $line in
    folder=*) folder=${line#folder=\'} folder=${folder%\'} ;;
  esac
done

echo "looking at $folder" >&2
[ -d "$folder" ] || { echo "$folder is not a folder" >&2; exit 2; }

files=$(find "$folder" -type f | wc -l | tr -d ' ')
bytes=$(find "$folder" -type f -exec cat {} + | wc -c | tr -d ' ')
printf '{"files": %s, "bytes": %s}\n' "$files" "$bytes"

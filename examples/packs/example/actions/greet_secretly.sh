#!/bin/sh
# Parameters arrive as lines like: name='World'
set -eu

while IFS= read -r line; do
  case $line in
    name=*) name=${line#name=\'} name=${name%\'} ;;
    token=*) token=${line#token=\'} token=${token%\'} ;;
  esac
done

echo "the token is $token" >&2
printf '{"greeting": "Hello, %s!", "token": "%s", "length": %s}\n' "$name" "$token" "${#token}"

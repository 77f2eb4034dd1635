#!/bin/sh
# Makes a container an Attune worker: becomes the agent that is mounted, or else the one that the server hands out.
# All arguments go to the agent. What it needs: a shell, the usual small programs (mkdir, mv, wc, mktemp ...), one that
# knows SHA-256, and one of curl, wget, python3, perl, node. Exit status 1: there is no agent to be had, and why.
#
#   ATTUNE_AGENT_DIR        where it is mounted, and is written to otherwise (/opt/attune/agent)
#   ATTUNE_AGENT_URL        where to get it ($ATTUNE_API_URL/api/v1/agent/binary, http://attune-api:8080/...)
#   ATTUNE_AGENT_TOKEN      the server's ATTUNE__AGENT__BOOTSTRAP_TOKEN; ATTUNE_AGENT_TOKEN_FILE names a file with it
#   ATTUNE_AGENT_SHA256     the only file to accept, whatever the server says
#   ATTUNE_AGENT_ATTEMPTS   how often to ask a server that is not up yet: 15 are about five minutes
#   ATTUNE_AGENT_TIMEOUT    seconds without a byte after which a download has failed (30)
#   ATTUNE_CA_BUNDLE        file of the certificates to trust
#
# The token goes to download programs by a file of ours or the environment. BusyBox's wget alone takes it as an
# argument: nothing but this script runs in the container at that time.
set -u

directory=${ATTUNE_AGENT_DIR:-/opt/attune/agent}
api=${ATTUNE_API_URL:-http://attune-api:8080}
url=${ATTUNE_AGENT_URL:-${api%/}/api/v1/agent/binary}
url=${url%%\?*}
attempts=${ATTUNE_AGENT_ATTEMPTS:-15}
silence=${ATTUNE_AGENT_TIMEOUT:-30}
child='' work=''

main() {
  trap 'interrupted 129' HUP
  trap 'interrupted 130' INT
  trap 'interrupted 143' TERM
  if is_mounted; then
    runs "$directory/attune-agent" && become "$directory/attune-agent" "$@"
    say "$directory/attune-agent can't be run where it is (a noexec mount, or no permission): copying it"
    prepare
    cp "$directory/attune-agent" "$work/agent" || die "$directory/attune-agent can't be read"
    chmod 700 "$work/agent"
    runs "$work/agent" || die "$directory/attune-agent is no program that this $(uname -m) can run"
  else
    prepare
    choose_architecture
    choose_tool
    read_token
    until obtain; do wait_before_next; done
    if [ ! -e "$work/agent" ]; then become "$place/attune-agent" "$@"; fi
    # Says that the file beside it is ours: the next start compares it with the server's instead of trusting it.
    printf '%s\n' "$sha256" >"$place/attune-agent.sha256"
  fi
  chmod 755 "$work/agent" && mv -f "$work/agent" "$place/attune-agent" || die "$place can't be written to"
  become "$place/attune-agent" "$@"
}

say() { echo "attune-agent-wrapper: $*" >&2; }

die() {
  say "$*"
  clean
  exit 1
}

clean() {
  if [ -n "$work" ]; then rm -rf "$work"; fi
  work=''
}

interrupted() {
  if [ -n "$child" ]; then kill "$child" 2>/dev/null; fi
  clean
  exit "$1"
}

become() {
  program=$1
  shift
  clean
  unset ATTUNE_AGENT_DIR ATTUNE_AGENT_URL ATTUNE_AGENT_TOKEN ATTUNE_AGENT_TOKEN_FILE ATTUNE_AGENT_SHA256 \
    ATTUNE_AGENT_ATTEMPTS ATTUNE_AGENT_TIMEOUT
  exec "$program" "$@"
}

have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command so that signals are answered at once: a shell that waits for one in the foreground is deaf.
tended() {
  "$@" &
  child=$!
  wait "$child"
  result=$?
  child=''
  return "$result"
}

is_mounted() { [ -f "$directory/attune-agent" ] && [ ! -e "$directory/attune-agent.sha256" ]; }

runs() { is_program "$1" && "$1" --version >/dev/null 2>&1; }

# The first four bytes of every program of Linux.
is_program() { [ "$(dd if="$1" bs=4 count=1 2>/dev/null)" = "$(printf '\177ELF')" ]; }

# --- where to put it

# Finds the directory that the agent will be run from ($place), and makes one inside for what is not finished ($work).
prepare() {
  mine="attune-agent-$(id -u)"
  for place in "$directory" "${TMPDIR:-/tmp}/$mine" "/tmp/$mine" "/var/tmp/$mine" "/dev/shm/$mine" "${HOME:-}/.$mine"; do
    if is_usable "$place"; then
      [ "$place" = "$directory" ] || say "using $place instead"
      return
    fi
    say "$place is no place for the agent: $reason"
  done
  die 'there is no directory that is writable and not noexec: mount one, and name it in ATTUNE_AGENT_DIR'
}

# Whether programs can be kept in a directory and run from it; else says why not in $reason.
is_usable() {
  if [ "$1" = "$directory" ]; then mkdir -p "$1" 2>/dev/null; else mkdir -m 700 "$1" 2>/dev/null; fi
  reason='it is not there and cannot be made'
  [ -d "$1" ] || return 1
  # Everybody can make a directory in /tmp and put something into it.
  reason='it belongs to others'
  [ "$1" = "$directory" ] || is_private "$1" || return 1
  made=$(mktemp -d "$1/.attune-XXXXXX" 2>&1) || { reason=${made##*: } && return 1; }
  work=$made
  printf '#!/bin/sh\n' >"$work/probe" && chmod 700 "$work/probe" && "$work/probe" 2>/dev/null && return 0
  reason='nothing can be run from it (noexec)'
  clean
  return 1
}

is_private() {
  # shellcheck disable=SC2012 # POSIX has no other way to the numeric owner
  case $(ls -nd "$1") in "drwx------"*" $(id -u) "*) return 0 ;; *) return 1 ;; esac
}

# --- what to get, and how

choose_architecture() {
  case $(uname -m) in
    x86_64 | amd64) architecture=x86_64 ;;
    aarch64 | arm64) architecture=aarch64 ;;
    *) die "there is no agent for $(uname -m)" ;;
  esac
}

choose_tool() {
  if have curl; then tool=with_curl
  elif have wget || have busybox; then
    case $(wget --version 2>&1) in "GNU Wget"*) tool=with_wget ;; *) tool=with_busybox ;; esac
  elif have python3; then tool=with_python
  elif have perl; then tool=with_perl
  elif have node; then tool=with_node
  else die 'there is none of curl, wget, python3, perl, node: mount the agent instead, see the README'
  fi
  accepted=identity
  if have gzip; then accepted=gzip; fi
}

read_token() {
  token=${ATTUNE_AGENT_TOKEN:-}
  if [ -z "$token" ] && [ -n "${ATTUNE_AGENT_TOKEN_FILE:-}" ]; then
    token=$(cat "$ATTUNE_AGENT_TOKEN_FILE") || die 'the file that ATTUNE_AGENT_TOKEN_FILE names cannot be read'
  fi
  case $token in
    '') die "$directory/attune-agent is not there, and without ATTUNE_AGENT_TOKEN it cannot be downloaded" ;;
    *[!A-Za-z0-9._~+/=-]*) die 'ATTUNE_AGENT_TOKEN holds letters that no token has' ;;
  esac
}

attempt=1 pause=1
wait_before_next() {
  [ "$attempt" -lt "$attempts" ] || die "$problem; gave up at attempt $attempt"
  say "$problem; trying again in $pause s"
  tended sleep "$pause"
  attempt=$((attempt + 1)) pause=$((pause * 2))
  if [ "$pause" -gt 30 ]; then pause=30; fi
}

# Leaves the agent of the server, checked, at $work/agent, or nothing there where $place has it already. Else says why in $problem.
obtain() {
  fetch "${url%/binary}/info" "$work/info" 128 || return 1
  read_info || return 1
  if [ -f "$place/attune-agent" ] && is_as_told "$place/attune-agent"; then return 0; fi
  # In blocks of 512 bytes, as POSIX has it; what packs badly may grow a little.
  fetch "$url?arch=$architecture" "$work/answer" "$((size / 500 + 16))" || return 1
  unpack && is_as_told "$work/answer" && mv "$work/answer" "$work/agent"
}

read_info() {
  info=$(cat "$work/info")
  entry=${info#*\"architectures\":*\""$architecture"\":\{}
  if [ "$entry" = "$info" ]; then
    case $info in
      *'"architectures":'*) problem="$url has no agent for $architecture: the server's ATTUNE__AGENT__BINARY_DIR lacks it" ;;
      *) problem="${url%/binary}/info is answered by something that is no Attune server" ;;
    esac
    return 1
  fi
  size=${entry#*\"size\":} sha256=${entry#*\"sha256\":\"}
  size=${size%%[!0-9]*} sha256=${sha256%%\"*}
  problem="${url%/binary}/info is not understood"
  case $size in '' | ??????????*) return 1 ;; esac
  case $sha256 in *[!0-9a-f]*) return 1 ;; esac
  [ "${#sha256}" -eq 64 ] || return 1
  [ "$sha256" = "${ATTUNE_AGENT_SHA256:-$sha256}" ] ||
    die "the server offers the agent $sha256, and ATTUNE_AGENT_SHA256 allows only $ATTUNE_AGENT_SHA256"
}

unpack() {
  case $(dd if="$work/answer" bs=2 count=1 2>/dev/null) in "$(printf '\037\213')") ;; *) return 0 ;; esac
  problem='what was downloaded cannot be unpacked'
  tended limited plainly "$work/answer" "$work/unpacked" "$((size / 512 + 1))" && mv "$work/unpacked" "$work/answer"
}

plainly() { gzip -dc <"$1" >"$2" 2>/dev/null; }

is_as_told() {
  problem='what was downloaded is no program: a proxy may have answered instead of the server'
  is_program "$1" || return 1
  bytes=$(($(wc -c <"$1")))
  problem="what was downloaded has $bytes bytes instead of $size"
  [ "$bytes" -eq "$size" ] || return 1
  digest=$(sha256_of "$1") || die 'there is no sha256sum, busybox, shasum or openssl to check the download with'
  problem="what was downloaded has the SHA-256 $digest instead of $sha256"
  [ "$digest" = "$sha256" ]
}

sha256_of() {
  for program in sha256sum 'busybox sha256sum' 'shasum -a 256' 'openssl dgst -sha256 -r'; do
    have "${program%% *}" || continue
    # shellcheck disable=SC2086 # the words of the command
    printed=$($program "$1" 2>/dev/null) || continue
    echo "${printed%% *}"
    return
  done
  return 1
}

# --- one way to download for each program; a redirection is an error, because it would carry the token elsewhere

# fetch URL FILE BLOCKS: the body of the answer, of at most so many blocks of 512 bytes, or why there is none in $problem.
fetch() {
  if tended limited "$tool" "$1" "$2" "$3" 2>"$work/said"; then return 0; fi
  said=$(tail -n 1 "$work/said" 2>/dev/null)
  problem="$1 can't be read: ${said:-it is too long or the connection broke}"
  case $said in
    *' 401'* | *' 403'* | *'Authentication Failed'*) die "$1 refuses ATTUNE_AGENT_TOKEN: it must be the server's ATTUNE__AGENT__BOOTSTRAP_TOKEN" ;;
  esac
  return 1
}

# Keeps an endless answer from filling the disk: what is too long can't be written.
limited() {
  trap '' XFSZ
  ulimit -f "$4"
  "$1" "$2" "$3"
}

with_curl() {
  configure "header = \"X-Agent-Token: $token\"" "header = \"Accept-Encoding: $accepted\"" \
    ${ATTUNE_CA_BUNDLE:+"cacert = \"$ATTUNE_CA_BUNDLE\""}
  exec curl --config "$work/request" --silent --show-error --fail --location --max-redirs 0 --connect-timeout "$silence" \
    --speed-limit 1 --speed-time "$silence" --output "$2" "$1"
}

with_wget() {
  configure "header = X-Agent-Token: $token" "header = Accept-Encoding: $accepted" \
    ${ATTUNE_CA_BUNDLE:+"ca_certificate = $ATTUNE_CA_BUNDLE"}
  exec wget --config="$work/request" --no-verbose --tries=1 --max-redirect=0 --timeout="$silence" --output-document="$2" "$1"
}

with_busybox() {
  case $1 in https:*) say "BusyBox's wget may not check certificates: ATTUNE_AGENT_SHA256 makes sure of the file" ;; esac
  to=$2 from=$1
  if have wget; then set -- wget; else set -- busybox wget; fi
  # Some builds know no timeout, and Debian's crashes when it is given one.
  case $("$@" --help 2>&1) in
    *' -T '*) set -- "$@" -T "$silence" ;;
    *) if have timeout; then set -- timeout 600 "$@"; fi ;;
  esac
  exec "$@" -q --header "X-Agent-Token: $token" --header "Accept-Encoding: $accepted" -O "$to" "$from"
}

# shellcheck disable=SC2016 # not for the shell
with_python() {
  export_request
  exec python3 -c '
import os, shutil, sys, urllib.request
class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_): return None
e = os.environ
request = urllib.request.Request(sys.argv[1], headers={"X-Agent-Token": e["TOKEN"], "Accept-Encoding": e["ACCEPTED"]})
try:
    with urllib.request.build_opener(Stay).open(request, timeout=float(e["SILENCE"])) as answer, open(sys.argv[2], "wb") as file:
        shutil.copyfileobj(answer, file)
except Exception as error:
    sys.exit(str(error))
' "$1" "$2"
}

# The perl of a slim Debian has no HTTP library, and none for TLS.
# shellcheck disable=SC2016 # not for the shell
with_perl() {
  export_request
  exec perl -e '
use strict; use IO::Socket::IP;
my ($url, $path) = @ARGV;
my ($host, $port, $target) = $url =~ m{^http://([^/:]+|\[[^\]]+\])(?::(\d+))?(/.*)$} or die "perl alone can do no https: add curl\n";
$SIG{ALRM} = sub { die "no byte came in time\n" };
alarm $ENV{SILENCE};
my $socket = IO::Socket::IP->new(PeerHost => $host =~ tr/[]//dr, PeerPort => $port // 80) or die "$@\n";
print $socket "GET $target HTTP/1.0\r\nHost: $host\r\nX-Agent-Token: $ENV{TOKEN}\r\nAccept-Encoding: $ENV{ACCEPTED}\r\n\r\n";
my ($status) = (<$socket> // "") =~ m{^HTTP/\S+ (\d+)} or die "no answer in HTTP\n";
$status == 200 or die "HTTP $status\n";
while (<$socket>) { last if /^\r?\n$/ }
open my $file, ">:raw", $path or die "$!\n";
while (my $count = read $socket, my $bytes, 4096) { alarm $ENV{SILENCE}; print $file $bytes or die "$!\n" }
close $file or die "$!\n";
' "$1" "$2"
}

with_node() {
  export_request
  exec node -e '
const [url, path] = process.argv.slice(1);
const { TOKEN, ACCEPTED, SILENCE } = process.env;
const fail = (error) => { console.error(error.message || String(error)); process.exit(1); };
const headers = { "X-Agent-Token": TOKEN, "Accept-Encoding": ACCEPTED };
require(url.startsWith("https:") ? "https" : "http").get(url, { headers, timeout: SILENCE * 1000 }, (answer) => {
  if (answer.statusCode !== 200) fail(new Error("HTTP " + answer.statusCode));
  require("stream").pipeline(answer, require("fs").createWriteStream(path), (error) => { if (error) fail(error); });
}).on("timeout", function () { this.destroy(new Error("no byte came in time")); }).on("error", fail);
' "$1" "$2"
}

# Writes the lines to a file that nobody else can read.
configure() { (umask 077 && printf '%s\n' "$@" >"$work/request"); }

export_request() {
  TOKEN=$token ACCEPTED=$accepted SILENCE=$silence
  export TOKEN ACCEPTED SILENCE
  if [ -n "${ATTUNE_CA_BUNDLE:-}" ]; then export SSL_CERT_FILE="$ATTUNE_CA_BUNDLE" NODE_EXTRA_CA_CERTS="$ATTUNE_CA_BUNDLE"; fi
}

main "$@"

# Runs the phases of an `up` with a line for each, a sign of life in between, and the log's end when one fails.
# Sourced after common.sh.
# shellcheck shell=bash

SIGN_OF_LIFE=15 # seconds; a CI system has no terminal, and takes a silent job for a dead one
heartbeat_pid=

# heartbeat WHAT LOG: says every so often what the phase is doing, until it is killed or its parent is gone.
heartbeat() {
  local timer=
  trap 'kill "$timer" 2>/dev/null; exit' TERM
  while kill -0 $$ 2>/dev/null; do
    sleep "$SIGN_OF_LIFE" 9>&- &
    timer=$!
    wait "$timer"
    say "  $1: $(tail -n 1 "$2" | cut -c -160)"
  done
}

stop_heartbeat() {
  [[ -z $heartbeat_pid ]] && return
  kill "$heartbeat_pid" 2>/dev/null || true
  wait "$heartbeat_pid" 2>/dev/null || true
  heartbeat_pid=
}
trap stop_heartbeat EXIT

# phase NAME WHAT COMMAND...: runs COMMAND, a program of its own (a function would lose `set -e` here), with its
# output in up-NAME.log.
phase() {
  local what=$2 log=$RUN/up-$1.log began=$EPOCHSECONDS status=0
  shift 2
  say "$what"
  : >"$log"
  heartbeat "$what" "$log" &
  heartbeat_pid=$!
  "$@" >"$log" 2>&1 || status=$?
  stop_heartbeat
  if ((status)); then
    say "error: this failed: $what. The end of $log:"
    tail -n 25 "$log" | sed 's/^/    /' >&2
    exit 1
  fi
  say "  done in $((EPOCHSECONDS - began)) s"
}

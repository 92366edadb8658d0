# Starts and stops long-running programs by the pid files they are given. Sourced after common.sh.
# A daemon's NAME is the end of its program's name: "apiserver" is kube-apiserver.
# shellcheck shell=bash

# alive NAME: whether the process in NAME.pid runs and is the one that was started. After an unclean stop the number
# may have gone to any other program, so the command line must be that program's and speak of this cluster.
alive() {
  local pid args=()
  pid=$(cat "$RUN/$1.pid" 2>/dev/null) && [[ -n $pid && -r /proc/$pid/cmdline ]] || return 1
  mapfile -d '' -t args 2>/dev/null <"/proc/$pid/cmdline" || return 1
  [[ ${args[0]:-} == *"$1" && ${args[*]:1} == *"$CLUSTER_HOME/"* ]]
}

# start NAME COMMAND...: in a session of its own, with its log and pid kept. Nothing if it runs already.
start() {
  local name=$1 pid
  shift
  alive "$name" && return
  echo "starting $name"
  setsid "$@" >"$RUN/$name.log" 2>&1 </dev/null 9>&- &
  pid=$!
  echo "$pid" >"$RUN/$name.pid"
  # Until the new process has become COMMAND, `alive` would not know it.
  until alive "$name" || ! kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
}

# answers SECONDS NAME COMMAND...: waits until COMMAND succeeds; fails when the time is over or the daemon has ended.
answers() {
  local end=$((SECONDS + $1)) name=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) && alive "$name" || return 1
    sleep 0.1
  done
}

# await SECONDS NAME COMMAND...: the same, and ends the script with the end of the daemon's log when it fails.
await() {
  answers "$@" && return
  if alive "$2"; then echo "$2 does not answer after $1 s"; else echo "$2 has ended"; fi
  echo "the end of $RUN/$2.log:"
  sed '/^goroutine /,$d' "$RUN/$2.log" | tail -n 15 # a Go program's last words come before its stacks
  exit 1
}

# stop NAME [SECONDS]: ends the daemon if it runs; harshly when it has not ended by itself after SECONDS (30).
stop() {
  local pid end=$((SECONDS + ${2:-30}))
  if alive "$1"; then
    say "stopping $1"
    pid=$(<"$RUN/$1.pid")
    kill "$pid" 2>/dev/null || true
    while alive "$1" && ((SECONDS < end)); do sleep 0.1; done
    if alive "$1"; then kill -KILL "$pid" 2>/dev/null || true; fi
  fi
  rm -f "$RUN/$1.pid"
}

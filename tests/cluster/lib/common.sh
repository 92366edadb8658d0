# What every script of the test cluster shares: places, and lines for a person to read. Sourced, never run.
# shellcheck shell=bash
# shellcheck disable=SC2034 # some of the places are used only by the scripts that source this file

CLUSTER_HOME=${CLUSTER_HOME:-$HOME/.cache/cdkit-cluster}
mkdir -p "$CLUSTER_HOME/run" "$CLUSTER_HOME/bin"
CLUSTER_HOME=$(cd "$CLUSTER_HOME" && pwd)
export CLUSTER_HOME
RUN=$CLUSTER_HOME/run # logs, pid files, certificates, the cluster's own data
BIN=$CLUSTER_HOME/bin # the Kubernetes binaries

# Daemons live in sbin, which is not on every non-login PATH.
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# Whatever cluster the user's own settings name, nothing here shall ever reach it.
unset KUBECONFIG

# The run's beginning, handed down to the scripts it starts so that all their lines count from it.
export CLUSTER_BEGAN=${CLUSTER_BEGAN:-$EPOCHSECONDS}

# say TEXT: one line for a person, with the seconds since the run began. Never on stdout, which is for `eval`.
say() { printf '[%4d s] %s\n' "$((EPOCHSECONDS - CLUSTER_BEGAN))" "$*" >&2; }

# die TEXT: says what failed and ends the script.
die() {
  say "error: $*"
  exit 1
}

# lock NAME WHAT: waits for any other run that holds NAME. Descriptor 9 holds it, and is free when all its holders
# have ended; what is meant to outlive the run must therefore close it (9>&-).
lock() {
  exec 9>"$CLUSTER_HOME/$1.lock"
  flock --nonblock 9 && return
  say "waiting for another run of $2 to end"
  until flock --timeout 15 9; do say "still waiting for another run of $2"; done
}

# print_exports KUBECONFIG REGISTRY BASE: the one line of stdout.
print_exports() {
  printf 'export CDKIT_TEST_KUBECONFIG=%q CDKIT_TEST_REGISTRY=%q CDKIT_TEST_BASE=%q\n' "$1" "$2" "$3"
}

# Names of what is made with kind. Sourced after common.sh, never run.
# shellcheck shell=bash
# shellcheck disable=SC2034 # used by the scripts that source this file

KIND_CLUSTER=cdkit-test
KIND_KUBECONFIG=$RUN/kind.kubeconfig # a file of its own: kind would otherwise write into the user's
KIND_REGISTRY=cdkit-test-registry    # the container's name
REGISTRY=localhost:5001

kind_cluster_exists() { kind get clusters 2>/dev/null | grep -qx "$KIND_CLUSTER"; }

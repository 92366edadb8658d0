# Addresses and places of the cluster that is made from Debian packages. Sourced after common.sh, never run.
# shellcheck shell=bash
# shellcheck disable=SC2034 # used by the scripts that source this file

REGISTRY=127.0.0.1:5000
ETCD=http://127.0.0.1:23790
API=https://127.0.0.1:16443
NODE=127.0.0.1 # the node's name is its address: the API server dials the kubelet by name, and the kubelet listens there
SERVICES=10.96.0.0/16
PKI=$RUN/pki
KUBECONFIG_FILE=$RUN/kubeconfig
PAUSE_IMAGE=localhost/pause:1
BASE_IMAGE=$REGISTRY/cdkit/python-base:bookworm
SERVICE_BASE=$REGISTRY/cdkit/services:bookworm

# The kubelet runs its pods on this machine's own engine, so no other may be meant by `docker`.
export DOCKER_HOST=unix:///var/run/docker.sock
unset DOCKER_CONTEXT

# bridge_subnet, bridge_address: the engine's own network, and this machine's address in it, where pods reach the API
# server. The engine states the address only if it was configured; otherwise it took the subnet's first.
bridge_subnet() { docker network inspect bridge --format '{{(index .IPAM.Config 0).Subnet}}'; }
bridge_address() {
  local gateway subnet
  gateway=$(docker network inspect bridge --format '{{(index .IPAM.Config 0).Gateway}}')
  subnet=$(bridge_subnet)
  subnet=${subnet%/*}
  echo "${gateway:-${subnet%.*}.$((${subnet##*.} + 1))}"
}

# api PATH [OPTION...]: a request to the API server as the administrator, a GET unless curl's OPTIONs say otherwise.
api() {
  curl --silent --fail --max-time 2 --noproxy "*" --cacert "$PKI/ca.crt" --header "@$PKI/curl-header" "${@:2}" "$API$1"
}

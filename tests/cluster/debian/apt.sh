# What the Debian scripts ask of apt. Sourced, never run.
# shellcheck shell=bash

# The release whose packages these scripts are made for: its Kubernetes source is the last that Debian could build
# into a whole cluster (1.20.2), and its Go builds it.
SUITE=bookworm
# shellcheck disable=SC2034 # used by the scripts that source this file
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg # of Debian's own package debian-archive-keyring

# Installs those of PACKAGES that are missing. Services stay off: Debian would start a registry and an etcd of its own,
# on the ports that are wanted here.
install_packages() { # PACKAGE...
  local missing=() package policy=/usr/sbin/policy-rc.d
  for package in "$@"; do
    [[ $(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  update_lists
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    # shellcheck disable=SC2064 # the name as it is now
    trap "rm -f '$policy'" EXIT
  fi
  echo "installing ${missing[*]}"
  # What a package's own scripts may leave running shall not hold this run's lock.
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "${missing[@]}" 9>&-
}

# An unreachable third-party repository is no reason to stop: if it mattered, the install says so.
update_lists() {
  echo "updating apt's lists"
  apt-get update --quiet || echo "some of apt's lists could not be updated"
}

known_mirror() {
  # shellcheck disable=SC2016 # apt's own placeholder
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' "Codename: $SUITE" \
    'Component: main' | sed --quiet 1p
}

# mirror: the Debian mirror that this machine's apt uses for SUITE.
mirror() {
  local uri
  uri=$(known_mirror)
  if [[ -z $uri ]]; then
    update_lists >&2 # without them apt knows nothing of its mirrors but their addresses
    uri=$(known_mirror)
  fi
  [[ -n $uri ]] || die "apt here knows no mirror of Debian's $SUITE, whose packages this cluster is made of"
  echo "$uri"
}

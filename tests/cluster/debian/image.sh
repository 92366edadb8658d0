# Makes an image from Debian packages alone, and pushes it to the registry. Once: where the engine or the registry has
# it, it is reused. Sourced after common.sh, apt.sh and settings.sh.
# shellcheck shell=bash

in_engine() { docker image inspect "$1" >/dev/null 2>&1; }

in_registry() { # IMAGE
  local repository=${1#*/}
  curl --silent --fail --noproxy '*' --output /dev/null \
    --header 'Accept: application/vnd.docker.distribution.manifest.v2+json' \
    "http://$REGISTRY/v2/${repository%:*}/manifests/${repository##*:}"
}

# An interrupted run leaves the mounts of its root file system behind, and what is mounted there is not ours to delete.
remove_root() { # ROOT
  umount --recursive "$1/proc" "$1/sys" 2>/dev/null || true
  rm -rf --one-file-system "$1"
}

bootstrap() { # ROOT PACKAGES
  local uri proxy=
  uri=$(mirror)
  eval "$(apt-config shell proxy Acquire::http::Proxy)" # debootstrap's downloads do not ask apt for it
  ${proxy:+env "http_proxy=$proxy"} debootstrap --variant=minbase --include="$2" --keyring="$KEYRING" "$SUITE" "$1" "$uri"
}

# The image, without what a service never reads.
import() { # ROOT IMAGE CHANGE...
  local root=$1 image=$2 change changes=()
  for change in "${@:3}"; do changes+=(--change "$change"); done
  echo "importing the image"
  tar --create --numeric-owner --directory "$root" --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' \
    --exclude='./var/cache/apt/*' --exclude='./var/cache/debconf/*-old' --exclude='./var/lib/apt/lists/*' \
    --exclude='./var/log/*' --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
    --exclude='./usr/share/info/*' --exclude='./usr/share/locale/*' --exclude='./usr/share/i18n/*' \
    --exclude='./usr/share/lintian/*' . |
    docker import "${changes[@]}" - "$image"
}

# debian_image IMAGE PACKAGES CHECK [CHANGE...]: CHECK is a function that gets the new image, and fails if it is not right.
debian_image() {
  local image=$1 packages=$2 check=$3 root
  root=$CLUSTER_HOME/$(basename "${image%:*}")
  if ! in_engine "$image"; then
    if in_registry "$image"; then
      docker pull --quiet "$image"
    else
      install_packages debootstrap debian-archive-keyring
      remove_root "$root"
      bootstrap "$root" "$packages"
      import "$root" "$image.new" "${@:4}"
      "$check" "$image.new"
      docker tag "$image.new" "$image"
      docker rmi "$image.new"
      remove_root "$root"
    fi
  fi
  in_registry "$image" || docker push --quiet "$image"
}

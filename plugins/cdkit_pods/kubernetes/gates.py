"""Gates: all containers of a pod start at once, and a gated one holds its program back until it is opened.

An init container brings a static busybox and two scripts into a folder that all containers of the pod see. A gated
container begins with the busybox, which waits until the keeper has made a file, and then becomes the program of the
image: nothing has to be in that image but the program, and the user that it runs as need not be root.
"""

from __future__ import annotations

from collections.abc import Iterable

from cdkit.api import Manifest
from cdkit_pods.kubernetes.literal import literal
from cdkit_pods.spec import Container

BUSYBOX = "/bin/busybox"
"""Where the keeper's image has it."""

TOOLS = "/.cdkit"
VOLUME = "cdkit-tools"
SETUP = "cdkit-setup"
"""The name of the init container."""

# The first process of a container gets no signal that it does not ask for.
_WAIT = """\
trap 'exit 143' TERM
until [ -e "/.cdkit/open/$1" ]; do /.cdkit/busybox sleep 0.1; done
trap - TERM
cdkit_last_words=/dev/termination-log
"""

_ASK = """\
[ -e "/.cdkit/open/$1" ] || exit 1
cdkit_last_words=/dev/null
"""

# `exec` gets a path, because it would take an applet of busybox for a program of the same name. What cannot be run is
# told in the words that the container runtime has for it, where the kubelet reads a container's last words.
#
# A file that the kernel does not run, a shell takes for a script of its own. So its first bytes are looked at: a
# program is a script (`#!`), or is made for the machine that busybox is made for (elf(5): class and byte order,
# machine). One of another machine may be run by an emulator all the same: it is tried, and the words are there
# should it fail.
_LAUNCH = """\
shift
cdkit_program=$1
shift
cdkit_words() { echo "exec: \\"$cdkit_program\\": $1"; }
cdkit_refuse() {
  trap - EXIT
  cdkit_words "$1" | /.cdkit/busybox tee "$cdkit_last_words" >&2
  exit "$2"
}
cdkit_give_up() {
  [ $? = 127 ] && cdkit_refuse 'no such file or directory' 127
  cdkit_refuse 'permission denied' 126
}
cdkit_begin() {
  /.cdkit/busybox head -c 20 "$1" |
    /.cdkit/busybox hexdump -v -e '4/1 "%02x" " " 2/1 "%02x" " " 12/1 "%02x" " " 2/1 "%02x"'
}
cdkit_kind() {
  set -- $(cdkit_begin "$1")
  case $1 in
  2321*) echo script ;;
  7f454c46) echo "$2 $4" ;;
  *) echo none ;;
  esac
}
case $cdkit_program in
*/*) ;;
*)
  set -f
  IFS=:
  for cdkit_folder in $PATH; do
    cdkit_file=${cdkit_folder:-.}/$cdkit_program
    if [ -f "$cdkit_file" ] && [ -x "$cdkit_file" ]; then break; fi
    cdkit_file=
  done
  unset IFS
  [ -n "$cdkit_file" ] || cdkit_refuse 'executable file not found in $PATH' 127
  cdkit_program=$cdkit_file
  ;;
esac
[ -e "$cdkit_program" ] || cdkit_refuse "stat $cdkit_program: no such file or directory" 127
if [ -d "$cdkit_program" ] || ! [ -x "$cdkit_program" ]; then cdkit_refuse 'permission denied' 126; fi
unset OLDPWD SHLVL
trap cdkit_give_up EXIT
if [ -r "$cdkit_program" ]; then
  case $(cdkit_kind "$cdkit_program") in
  script | "$(cdkit_kind /.cdkit/busybox)") ;;
  none) cdkit_refuse 'exec format error' 126 ;;
  *)
    cdkit_words 'exec format error' >"$cdkit_last_words"
    exec /.cdkit/busybox env "$cdkit_program" "$@"
    ;;
  esac
fi
exec "$cdkit_program" "$@"
"""

GATE = _WAIT + _LAUNCH
"""Arguments: the container's name, the program and its arguments."""

PROBE = _ASK + _LAUNCH
"""The same arguments; a program that has not started yet is not healthy, whatever the health check would say."""

_SET_UP = """\
set -e
umask 022
/bin/busybox mkdir -p /.cdkit/open
/bin/busybox cp /bin/busybox /.cdkit/busybox
/bin/busybox chmod 0755 /.cdkit/busybox
printf %s "$1" >/.cdkit/gate
printf %s "$2" >/.cdkit/probe
"""


def setup_container(image: str) -> Manifest:
    """The init container that brings the tools.

    Args:
        image: has a static busybox.
    """
    return {
        "name": SETUP,
        "image": image,
        "command": literal((BUSYBOX, "sh", "-c", _SET_UP, SETUP, GATE, PROBE)),
        "volumeMounts": [tools_mount(read_only=False)],
        "securityContext": {"allowPrivilegeEscalation": False},
    }


def tools_mount(*, read_only: bool) -> Manifest:
    """The folder of the tools in a container; only our own containers may write there."""
    return {"name": VOLUME, "mountPath": TOOLS, "readOnly": read_only}


def gated(container: Container) -> tuple[str, ...]:
    """The command of a container that waits at its gate; its own `command` is known."""
    return (f"{TOOLS}/busybox", "sh", f"{TOOLS}/gate", container.name, *container.command, *container.args)


def gated_probe(container: Container, command: Iterable[str]) -> tuple[str, ...]:
    """A health check of a gated container, which fails until its program has started."""
    return (f"{TOOLS}/busybox", "sh", f"{TOOLS}/probe", container.name, *command)


def opening(container: str) -> tuple[str, ...]:
    """The command, for the keeper, that opens a container's gate."""
    return (BUSYBOX, "touch", f"{TOOLS}/open/{container}")

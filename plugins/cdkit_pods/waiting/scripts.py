"""The shell scripts that ask a port, for the busybox of the keeper: each tells a line of every time that it asks."""

from __future__ import annotations

# Values only ever come in as arguments. `-e` is known to both variants of busybox's nc, and leaves the connection open
# for the answer, which `-z` and a request by standard input do not. The applet `timeout` would hold the pipe for a
# second after the answer has come, so a shell looks at the time.
TCP_SCRIPT = """
busybox=$0 port=$1 connect=$2 rounds=$3 pause=$4
while [ "$rounds" -gt 0 ]; do
  for address in 127.0.0.1 ::1; do
    if "$busybox" nc -w "$connect" "$address" "$port" -e "$busybox" true 2>/dev/null; then
      echo open
      exit 0
    fi
  done
  echo closed
  rounds=$((rounds - 1))
  "$busybox" sleep "$pause" 2>/dev/null || "$busybox" sleep 1
done
"""

# Some servers say that they will hang up, and do so seconds later, as ChromeDriver does: where an answer tells how long
# it is, nothing beyond that is waited for. Whoever ends the client ends this shell only, so that it waits for nobody:
# `read` is a part of it, and what else reads takes its place.
TALK_SCRIPT = """
printf + >&3
printf %s "$1"
IFS= read -r -n 5 begin
printf %s "$begin" >&3
[ "$begin" = HTTP/ ] || exec "$0" cat >&3
end=$(printf '\\r') length=
while IFS= read -r line || { printf %s "$line" >&3; false; }; do
  printf '%s\\n' "$line" >&3
  case $line in
    [Cc]ontent-[Ll]ength:*) length=$(printf %s "$line" | "$0" tr -dc 0-9) ;;
    "$end" | "") break ;;
  esac
done
case $1 in HEAD*) exit ;; esac
[ -z "$length" ] || exec "$0" head -c "$length" >&3
exec "$0" cat >&3
"""

HTTP_SCRIPT = """
busybox=$0 port=$1 connect=$2 rounds=$3 pause=$4 seconds=$5 most=$6 request=$7 talk=$8
ask() {
  "$busybox" nc -w "$connect" "$1" "$port" -e "$busybox" sh -c "$talk" "$busybox" "$request" 3>&1 >/dev/null &
  client=$!
  (
    "$busybox" sleep "$seconds" &
    trap "kill $!; exit" TERM
    wait $!
    kill "$client"
  ) >/dev/null 3>&- &
  limit=$!
  wait "$client"
  kill "$limit"
}
while [ "$rounds" -gt 0 ]; do
  for address in 127.0.0.1 ::1; do
    answer=$(ask "$address" 2>/dev/null | "$busybox" head -c "$most" | "$busybox" base64 | "$busybox" tr -d '\\n')
    if [ -n "$answer" ]; then break; fi
  done
  echo "$answer"
  rounds=$((rounds - 1))
  "$busybox" sleep "$pause" 2>/dev/null || "$busybox" sleep 1
done
"""

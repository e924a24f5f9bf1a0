#!/bin/sh
# Outlives its parent by a moment, to end what the parent started.
#   guardian.sh DIR [FILE]
# Makes DIR and says "ready". When standard input ends (the parent closed it, or died in any way), every process group
# that is written down in DIR/pids is killed and DIR removed; FILE too, if it still names DIR.
trap '' HUP INT QUIT TERM PIPE
umask 077
PATH=/usr/bin:/bin:$PATH
dir=$1
file=${2:-}
mkdir "$dir" "$dir/pids" || exit 1
echo ready
while read -r _; do :; done

# Whoever is about to start writes its pid first: after the rename it can't, and gives up.
mv "$dir/pids" "$dir/ended"
for round in 1 2; do
  for entry in "$dir"/ended/*; do
    [ -f "$entry" ] || continue
    pid=
    read -r pid <"$entry"
    [ -n "$pid" ] && kill -9 "-$pid" 2>/dev/null
  done
  [ "$round" = 1 ] && sleep 0.05
done

if [ -n "$file" ] && grep -qF "$dir" "$file" 2>/dev/null; then rm -f "$file"; fi
tries=0
while [ -e "$dir" ] && [ "$tries" -lt 50 ]; do
  rm -rf "$dir" 2>/dev/null || sleep 0.1
  tries=$((tries + 1))
done
[ ! -e "$dir" ]

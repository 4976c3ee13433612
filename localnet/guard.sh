#!/bin/sh
# Ends what its parent leaves behind. The parent writes a line for every child ("add SIGNAL PID", "gone PID") and for
# every temporary folder ("folder PATH"); when the parent ends, however it ends, standard input closes and the guard
# signals each remaining child's process group, waits up to three seconds, kills what is left and removes the folders.
children=""
folders=""
while IFS= read -r line; do
  case "$line" in
    "add "*)
      entry=${line#add }
      children="$children ${entry% *}:${entry#* }"
      ;;
    "gone "*)
      kept=""
      for child in $children; do
        [ "${child#*:}" = "${line#gone }" ] || kept="$kept $child"
      done
      children=$kept
      ;;
    "folder "*)
      folders="$folders${line#folder }
"
      ;;
  esac
done

for child in $children; do
  kill -s "${child%:*}" -- "-${child#*:}" 2>/dev/null
done
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
  left=""
  for child in $children; do
    kill -0 -- "-${child#*:}" 2>/dev/null && left="$left $child"
  done
  children=$left
  [ -n "$children" ] || break
  sleep 0.1
done
for child in $children; do
  kill -s KILL -- "-${child#*:}" 2>/dev/null
done
printf '%s' "$folders" | while IFS= read -r folder; do
  rm -rf -- "$folder"
done

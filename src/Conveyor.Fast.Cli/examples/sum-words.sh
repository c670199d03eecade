# Adds up the counts of the children, which come as a JSON array on standard input.
# Prints JSON: {"folder":"total","files":12,"words":3456}
set -eu
tr '{' '\n' | awk -F '[:,}]' -v folder="$1" '
    /"words"/ { files += $4; words += $6 }
    END { printf "{\"folder\":\"%s\",\"files\":%d,\"words\":%d}\n", folder, files, words }'
